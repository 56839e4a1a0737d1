import { sha256 } from '../../platform/sha256.js';

/** Returns the SHA-256 of a log's origin in hexadecimal, which names a log in URLs of C2SP tlog-witness. */
export const originHash = (origin: string): string => Buffer.from(sha256(Buffer.from(origin, 'utf8'))).toString('hex');
