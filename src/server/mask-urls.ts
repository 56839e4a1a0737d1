/** Replaces a credential or query in a URL that is shown or logged. */
export const MASK = '[masked]';
/** A path segment that looks like a token, such as those of chat webhooks. */
const TOKEN = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}$/;

/** Masks the user, the query and the fragment of one URL without its scheme. */
function maskAddress(address: string): string {
  const end = address.search(/[/?#]/);
  const authority = end === -1 ? address : address.slice(0, end);
  const rest = end === -1 ? '' : address.slice(end);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return (host === authority ? '' : `${MASK}@`) + host + rest;
}

function maskWord(word: string): string {
  const [scheme = '', ...addresses] = word.split('://');
  if (addresses.length === 0) return word;
  const whole = [scheme, ...addresses.map(maskAddress)].join('://');
  const begin = scheme.length + 3;
  const query = whole.slice(begin).search(/[?#]/);
  return query === -1 ? whole : `${whole.slice(0, begin + query + 1)}${MASK}`;
}

/** Masks credentials and queries of every URL in a text, in time linear in its length. */
export const maskUrls = (text: string): string =>
  text.includes('://') ? text.replace(/[^\s"'<>`]+/g, maskWord) : text;

/** Masks the credentials, the query and every token in the path of a webhook's URL for lists. */
export function maskUrl(url: string): string {
  const masked = maskUrls(url);
  const end = masked.search(/[?#]/);
  const path = (end === -1 ? masked : masked.slice(0, end)).split('/');
  const shown = path.map((segment, i) => (i > 2 && TOKEN.test(segment) ? MASK : segment)).join('/');
  return end === -1 ? shown : shown + masked.slice(end);
}
