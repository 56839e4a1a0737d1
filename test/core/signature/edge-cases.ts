import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

/** A signature at an edge of the acceptance rule. */
export interface EdgeCase {
  name: string;
  publicKey: Uint8Array;
  signature: Uint8Array;
  accepted: boolean;
}

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = 2n ** 255n - 19n;
/** A point of order 8: its multiples are the eight points of small order. */
const TORSION = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
const torsion = (n: number) => (n === 0 ? Point.ZERO : TORSION.multiplyUnsafe(BigInt(n)));

const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bytesOf = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

/** A secret scalar and a nonce, fixed, so that every run has the same cases. */
const a = numberOf(sha512(Uint8Array.of(1))) % L;
const r = numberOf(sha512(Uint8Array.of(2))) % L;

const challenge = (R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint =>
  numberOf(sha512(Uint8Array.from([...R, ...A, ...message]))) % L;

/** Signs by the scalars, whatever was added to the points: S = r + k·a. */
function signed(message: Uint8Array, A: Uint8Array, R: Uint8Array, secret = a, nonce = r): Uint8Array {
  return Uint8Array.from([...R, ...bytesOf((nonce + challenge(R, A, message) * secret) % L)]);
}

/** Adds the point's second spelling: y + p, where that fits in 255 bits. */
const secondSpelling = (bytes: Uint8Array): Uint8Array => bytesOf(numberOf(bytes) + P);

/** Makes every kind of signature over a message on which verifiers are known to disagree. */
export function edgeCases(message: Uint8Array): EdgeCase[] {
  const A = Point.BASE.multiplyUnsafe(a);
  const R = Point.BASE.multiplyUnsafe(r);
  const [key, point] = [A.toBytes(), R.toBytes()];
  const honest = signed(message, key, point);
  const S = numberOf(honest.subarray(32));
  const zero = Point.ZERO.toBytes();
  const refused = (name: string, publicKey: Uint8Array, signature: Uint8Array): EdgeCase => ({
    name,
    publicKey,
    signature,
    accepted: false,
  });
  const ones = [1, 2, 3, 4, 5, 6, 7];
  const mixed = ones.map((n) => ({ n, key: A.add(torsion(n)).toBytes(), point: R.add(torsion(n)).toBytes() }));
  return [
    { name: 'an honest signature', publicKey: key, signature: honest, accepted: true },
    refused('S + L', key, Uint8Array.from([...point, ...bytesOf(S + L)])),
    refused('another S', key, Uint8Array.from([...point, ...bytesOf(S === 0n ? 1n : S - 1n)])),
    ...mixed.map((one) => refused(`R plus ${one.n} × a point of order 8`, key, signed(message, key, one.point))),
    ...mixed.map((one) => refused(`A plus ${one.n} × a point of order 8`, one.key, signed(message, one.key, point))),
    ...mixed.flatMap((one) =>
      mixed.map((two) => refused(`A plus ${one.n}, R plus ${two.n}`, one.key, signed(message, one.key, two.point))),
    ),
    ...[0, ...ones].map((n) =>
      refused(`a key of small order, ${n}`, torsion(n).toBytes(), signed(message, torsion(n).toBytes(), point, 0n)),
    ),
    ...[0, ...ones].map((n) =>
      refused(`R of small order, ${n}`, key, signed(message, key, torsion(n).toBytes(), a, 0n)),
    ),
    refused('a key in a second spelling', secondSpelling(zero), signed(message, secondSpelling(zero), point, 0n)),
    refused('R in a second spelling', key, signed(message, key, secondSpelling(zero), a, 0n)),
    refused('no signature at all', key, new Uint8Array(64)),
    ...[0, 63, 65].map((length) => refused(`${length} bytes`, key, new Uint8Array(length).fill(1))),
  ];
}
