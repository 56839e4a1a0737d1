import * as crypto from 'node:crypto';

/** One-step hash of Node since 20.12: half the time for the 80 bytes of a tree node. */
const oneStep = (crypto as { hash?: typeof crypto.hash }).hash;

/** Computes SHA-256 natively, several times faster than the portable one. */
export const sha256 = (data: Uint8Array): Uint8Array =>
  oneStep === undefined ? crypto.createHash('sha256').update(data).digest() : oneStep('sha256', data, 'buffer');
