import { sha256 } from '../../platform/sha256.js';

/** SHA-256 of a log's origin in hexadecimal: how C2SP tlog-witness names a log in addresses. */
export const originHash = (origin: string): string => Buffer.from(sha256(Buffer.from(origin, 'utf8'))).toString('hex');
