/** Replaces a credential or query in a URL that is shown or logged. */
export const MASK = '[masked]';
/**
 * A segment of a path that is taken for a token, such as those of chat webhooks (`/bot123:AAE…`, `/services/T0/B0/x7Kd…`): 16
 * characters or more with letters and digits, or 20 or more with capitals among small letters.
 */
const TOKEN = /^(?=.*[0-9])(?=.*[A-Za-z]).{16,}$|^(?=.*[a-z])(?=.*[A-Z])[A-Za-z_-]{20,}$/;

/** Masks the user, the query and the fragment of one URL without its scheme. */
function maskAddress(address: string): string {
  const end = address.search(/[/?#]/);
  const authority = end === -1 ? address : address.slice(0, end);
  const rest = end === -1 ? '' : address.slice(end);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return (host === authority ? '' : `${MASK}@`) + host + rest;
}

const maskTokens = (path: string): string =>
  path
    .split('/')
    // The scheme and the host are before the third slash.
    .map((segment, i) => (i > 2 && TOKEN.test(segment) ? MASK : segment))
    .join('/');

function maskWord(word: string): string {
  const [scheme = '', ...addresses] = word.split('://');
  // Stack traces name files of the service, which hold no token.
  if (addresses.length === 0 || /^\W*file$/.test(scheme)) return word;
  const whole = [scheme, ...addresses.map(maskAddress)].join('://');
  const begin = scheme.length + 3;
  const query = whole.slice(begin).search(/[?#]/);
  if (query === -1) return maskTokens(whole);
  return `${maskTokens(whole.slice(0, begin + query))}${whole.charAt(begin + query)}${MASK}`;
}

/**
 * Masks credentials, queries and the tokens in the paths of every address in a text, in time proportional to its length: in
 * log lines, and where lists show a webhook.
 */
export const maskUrls = (text: string): string =>
  text.includes('://') ? text.replace(/[^\s"'<>`]+/g, maskWord) : text;
