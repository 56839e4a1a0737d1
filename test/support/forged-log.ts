import { type Server, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { entryBundle, parseTilePath } from '../../src/core/log/tile.js';
import type { Forger } from './forger.js';

/** Shows over HTTP what a forger has written, and whatever checkpoint he likes. */
export class ForgedLog {
  /** Instead of the newest checkpoint over all that is written; null: that. */
  checkpoint: string | null = null;
  private readonly server: Server;

  constructor(readonly forger: Forger) {
    this.server = createServer((request, response) => {
      const body = this.answer((request.url ?? '').slice('/log/'.length));
      response.writeHead(body === null ? 404 : 200).end(body ?? '{}');
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(path: string): string | Uint8Array | null {
    if (path === 'checkpoint') return this.checkpoint ?? this.forger.checkpoint();
    const tile = parseTilePath(path);
    if (tile === null) return null;
    const { level, index, width } = tile;
    if (level !== 'entries')
      return Buffer.concat(
        Array.from({ length: width ?? 256 }, (_, i) => this.forger.hashOf(8 * level, 256 * index + i)),
      );
    const texts = this.forger.texts.slice(tile.index * 256, tile.index * 256 + (tile.width ?? 256));
    return entryBundle(texts.map((text) => text.split('~', 1)[0] ?? ''));
  }
}
