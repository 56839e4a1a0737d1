import { request } from 'undici';
import { AditError } from '../../core/errors.js';
import { MAX_NOTE_LENGTH } from '../../core/log/note.js';
import { TILE_WIDTH, parseEntryBundle, tilePath } from '../../core/log/tile.js';

/** Wall clock for one request, ms. */
const TIME_LIMIT = 30_000;
/** 256 entries of 65,535 bytes, each with its length. */
const MAX_BUNDLE_BYTES = TILE_WIDTH * (65_535 + 2);
const TRIES = 3;

/** Somebody else's log, read over HTTP (C2SP tlog-tiles). What it gives is checked by whoever asked for it. */
export class RemoteLog {
  private readonly base: string;

  /** @param base where the ledger answers; @param token an auditor's, where entries need one. */
  constructor(
    base: string,
    private readonly token: string | null = null,
  ) {
    this.base = base.replace(/\/+$/, '');
  }

  /** The newest signed checkpoint. */
  async checkpoint(): Promise<string> {
    return (await this.get('/log/checkpoint', MAX_NOTE_LENGTH)).toString('utf8');
  }

  /** Entries `from` up to the end of their tile, or to `size` where the tile is the last. */
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
    throw new AditError('not-found', `${path} answered ${answer.statusCode}: ${sayingOf(body)}`);
  }
}

function sayingOf(body: Buffer): string {
  try {
    return (JSON.parse(body.toString('utf8')) as { detail?: string }).detail ?? '';
  } catch {
    return '';
  }
}
