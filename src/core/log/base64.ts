const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** The characters of every 12 bits: two look-ups encode three bytes. Receipts consist mostly of hashes in base64. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => `${ALPHABET[bits >> 6]}${ALPHABET[bits & 63]}`);

/** Encodes standard base64 (RFC 4648 §4), padded, without line breaks: the form of C2SP notes and proofs. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += `${PAIRS[bits >> 12]}${PAIRS[bits & 4095]}`;
  }
  if (at === bytes.length) return text;
  const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8);
  const tail = `${PAIRS[bits >> 12]}${PAIRS[bits & 4095]}`;
  return at + 1 === bytes.length ? `${text}${tail.slice(0, 2)}==` : `${text}${tail.slice(0, 3)}=`;
}

/** Decodes base64; null unless the text is exactly what `encodeBase64` returns: no bytes have two texts. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return encodeBase64(bytes) === text ? bytes : null;
}
