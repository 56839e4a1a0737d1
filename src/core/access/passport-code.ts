/** Characters of codes: none is a vowel, and none looks like another. */
const ALPHABET = '23456789BCDFGHJKMNPQRSTVWXYZ';
/** 28¹⁰ codes: 48 bits, so that a stranger does not find a passport by trying. */
const LENGTH = 10;
/** The largest multiple of 28 that a byte may have, so that every character is equally likely. */
const FAIR = 252;
const FORM = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/**
 * Generates the public code of a passport with the platform's randomness. It permits nothing: it names what its publisher
 * shows to everyone.
 */
export function newPassportCode(): string {
  let code = '';
  while (code.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(2 * LENGTH)))
      if (byte < FAIR && code.length < LENGTH) code += ALPHABET[byte % ALPHABET.length] ?? '';
  return code;
}

/** Reads a code as people type it, in small letters or with hyphens and spaces; null for a text that is no code. */
export function readPassportCode(text: string): string | null {
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase();
  return FORM.test(code) ? code : null;
}
