import * as crypto from 'node:crypto';

/** Node has hashed in one step since 20.12: for the 80 bytes of a tree's node in half the time. */
const oneStep = (crypto as { hash?: typeof crypto.hash }).hash;

/** SHA-256 of the platform: several times faster than a portable one. */
export const sha256 = (data: Uint8Array): Uint8Array =>
  oneStep === undefined ? crypto.createHash('sha256').update(data).digest() : oneStep('sha256', data, 'buffer');
