import { request } from 'undici';
import { parseStrictJson } from '../../core/event/grammar.js';
import { AditError } from '../../core/errors.js';
import { MAX_NOTE_LENGTH } from '../../core/log/note.js';
import { TILE_WIDTH, nodeTile, parseEntryBundle, tilePath } from '../../core/log/tile.js';
import { HASH_BYTES, inclusionNodes, nodeHash, proveInclusion } from '../../core/log/tree.js';
import { sha256 } from '../../platform/sha256.js';

/** Time of one request at most, ms. */
const TIME_LIMIT = 30_000;
/** Bytes of 256 entries of 65,535 bytes, each with its length. */
const MAX_BUNDLE_BYTES = TILE_WIDTH * (65_535 + 2);
const TRIES = 3;

/** Reads another party's log over HTTP (C2SP tlog-tiles). Callers check the content. */
export class RemoteLog {
  private readonly base: string;

  /**
   * @param base URL of the ledger;
   * @param token of an auditor, if entries need one.
   */
  constructor(
    base: string,
    private readonly token: string | null = null,
  ) {
    this.base = base.replace(/\/+$/, '');
  }

  /** Returns the newest signed checkpoint. */
  async checkpoint(): Promise<string> {
    return (await this.get('/log/checkpoint', MAX_NOTE_LENGTH)).toString('utf8');
  }

  /** Returns the entries from `from` up to the end of their tile, or up to `size` in the last tile. */
  async entries(from: number, size: number): Promise<string[]> {
    const tile = Math.floor(from / TILE_WIDTH);
    const start = tile * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, size - start);
    const path = tilePath('entries', tile, width === TILE_WIDTH ? null : width);
    const entries = parseEntryBundle(await this.get(`/log/${path}`, MAX_BUNDLE_BYTES));
    if (entries.length !== width)
      throw new AditError('request-invalid', `${path} has ${entries.length} entries and not ${width}.`);
    return entries.slice(from - start);
  }

  /** Computes the inclusion proof of an entry in the log of `size` entries from hash tiles; the caller verifies it. */
  async prove(index: number, size: number): Promise<Uint8Array[]> {
    const hashes = new Map<string, Uint8Array>();
    for (const node of inclusionNodes(index, size)) {
      const { level, index: tile, start, end } = nodeTile(node);
      const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - tile * TILE_WIDTH);
      const path = tilePath(level, tile, width === TILE_WIDTH ? null : width);
      const body = await this.get(`/log/${path}`, TILE_WIDTH * HASH_BYTES);
      if (body.length !== width * HASH_BYTES)
        throw new AditError('request-invalid', `${path} is not of ${width} hashes.`);
      let row = Array.from({ length: end - start }, (_, i): Uint8Array =>
        body.subarray((start + i) * HASH_BYTES, (start + i + 1) * HASH_BYTES),
      );
      while (row.length > 1)
        row = Array.from({ length: row.length / 2 }, (_, i) =>
          nodeHash(row[2 * i] as Uint8Array, row[2 * i + 1] as Uint8Array, sha256),
        );
      hashes.set(`${node.level}/${node.index}`, row[0] as Uint8Array);
    }
    return proveInclusion(index, size, (level, at) => hashes.get(`${level}/${at}`) as Uint8Array);
  }

  private async get(path: string, limit: number): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.getOnce(path, limit);
      } catch (error) {
        if (attempt === TRIES || error instanceof AditError) throw error;
      }
    }
  }

  private async getOnce(path: string, limit: number): Promise<Buffer> {
    const headers = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const answer = await request(`${this.base}${path}`, { headers, signal: AbortSignal.timeout(TIME_LIMIT) });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer.body) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > limit) throw new AditError('request-too-large', `${path} is longer than any answer can be.`);
    }
    const body = Buffer.concat(chunks);
    if (answer.statusCode === 200) return body;
    if (answer.statusCode === 503) throw new Error(`${path} answered 503`);
    if (answer.statusCode === 401)
      throw new AditError(
        'token-required',
        `${path} needs a token with the scope monitor: give --token, or set ADIT_TOKEN and ADIT_SERVER.`,
      );
    throw new AditError('not-found', `${path} answered ${answer.statusCode}: ${sayingOf(body)}`);
  }
}

function sayingOf(body: Buffer): string {
  try {
    const { detail } = parseStrictJson(body.toString('utf8')) as { detail?: unknown };
    return typeof detail === 'string' ? detail.slice(0, 200) : '';
  } catch {
    return '';
  }
}
