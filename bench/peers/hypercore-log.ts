import { closeSync, fdatasyncSync, openSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Peer, type PeerPlace, Verifier } from './peer.js';

interface Core {
  ready(): Promise<void>;
  append(blocks: readonly Buffer[]): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A Merkle log of hypercore, which signs its root at each append. Hypercore does not flush by itself, so the write-ahead log of its
 * store is flushed before each answer.
 */
export async function openHypercore({ folder, packages, keys }: PeerPlace): Promise<Peer> {
  const verifier = new Verifier(keys);
  const Hypercore = createRequire(join(packages, 'package.json'))('hypercore') as new (path: string) => Core;
  const core = new Hypercore(folder);
  await core.ready();
  const store = join(folder, 'db');
  return {
    append: async (events) => {
      for (const event of events) verifier.check(event);
      await core.append(events.map((event) => Buffer.from(event)));
      for (const name of readdirSync(store)) if (name.endsWith('.log')) flush(join(store, name));
    },
    close: () => core.close(),
  };
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  fdatasyncSync(file);
  closeSync(file);
}
