/** Returns how much a reader wants a media type that it names, 0 to 1 (RFC 9110 §12.5.1); 0 where it does not name it. */
function preference(accept: string, type: string): number {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}

/** Whether the client asks for HTML by name, as browsers do; a program that accepts anything, or JSON rather, gets data. */
export function wantsHtml(accept = ''): boolean {
  const html = preference(accept, 'text/html');
  return html > 0 && html >= preference(accept, 'application/json');
}
