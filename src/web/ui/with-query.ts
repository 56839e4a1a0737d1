/**
 * Returns an address of this service with other values in its query; an empty value leaves it out. One slash begins the path:
 * browsers would read two as another host.
 */
export function withQuery(address: string, values: Readonly<Record<string, string>>): string {
  const [path = '', query = ''] = address.split(/\?(.*)/s);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values))
    if (value === '') parameters.delete(name);
    else parameters.set(name, value);
  const text = parameters.toString();
  return `/${path.replace(/^[/\\]+/, '')}${text === '' ? '' : `?${text}`}`;
}
