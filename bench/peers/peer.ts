import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

/** A way to keep signed events that other systems use, with the durability of Adit: an answer after the disk has it. */
export interface Peer {
  /** Verifies the signatures of events, and appends them in one durable step. */
  append(events: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** What a peer needs: where to keep its data, and the keys of the signers by their `kid`. */
export interface PeerPlace {
  /** Empty folder. */
  folder: string;
  /** URL of an empty database of the embedded PostgreSQL. */
  databaseUrl: string;
  /** Folder with the packages that are installed for this run alone. */
  packages: string;
  keys: readonly JsonWebKey[];
}

/** Verifies events by the platform's Ed25519, one after the other on the thread that appends them. */
export class Verifier {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly JsonWebKey[]) {
    this.keys = new Map(keys.map((key) => [String(key.kid), createPublicKey({ key, format: 'jwk' })]));
  }

  /** Throws if a signature does not verify. */
  check(event: string): void {
    const [header = '', payload = '', signature = ''] = event.split('~', 1)[0]?.split('.') ?? [];
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const key = this.keys.get(kid);
    const input = Buffer.from(`${header}.${payload}`);
    if (key === undefined || !verify(null, input, key, Buffer.from(signature, 'base64url')))
      throw new Error('A signature does not verify.');
  }
}
