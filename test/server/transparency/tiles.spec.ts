import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimulatedClock } from '../../../src/server/clock.js';
import { HonestWorld } from '../../support/honest-world.js';
import {
  NoteReader,
  hashChildren,
  hashLeaf,
  readEntryBundle,
  readReceipt,
  readVkey,
  rootFromInclusion,
  rootsOf,
} from '../../support/independent-log.js';
import { eventIdOf, get } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { rootsFromConsistency } from '../../support/consistency.js';
import { long } from '../../support/rounds.js';

const WIDTH = 256;

/** Around a full tile, and in the long round around a full tile of tiles. */
const sizes = long ? [255, 256, 257, 65_535, 65_536, 65_537] : [255, 256, 257];

const path = (index: number): string => {
  const groups =
    String(index)
      .padStart(Math.ceil(String(index).length / 3) * 3, '0')
      .match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
};

describe('the log read as tiles by a stranger', () => {
  let service: TestServer;
  let world: HonestWorld;
  let notes: NoteReader;
  const receipts: { index: number; receipt: string }[] = [];
  const seen: { size: number; root: Buffer }[] = [];

  beforeAll(async () => {
    // A clock that stands still, so that the log's own time does not come between and make the sizes others.
    service = await startTestServer({ ADIT_ROLE: 'api' }, { clock: new SimulatedClock(Date.now()) });
    notes = new NoteReader(readVkey(String((await get(service.url, '/v1/ledger')).body.logKey)));
  });

  afterAll(async () => {
    await service.close();
  });

  const fetchBytes = async (name: string): Promise<Buffer> => {
    const ask = (): Promise<Response> => fetch(`${service.url}/log/${name}`);
    // While much is hashed here, a kept connection may have been closed there.
    const response = await ask().catch(ask);
    if (response.status !== 200) throw new Error(`${name}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };

  const checkpoint = async (): Promise<{ size: number; root: Buffer }> =>
    notes.open((await fetchBytes('checkpoint')).toString('utf8'));

  /** The tiles of one level that cover `count` hashes: full ones, and the partial one at the end. */
  async function level(name: string, count: number): Promise<Buffer[]> {
    const tiles: Buffer[] = [];
    for (let from = 0; from < count; from += WIDTH) {
      const width = Math.min(WIDTH, count - from);
      tiles.push(await fetchBytes(`tile/${name}/${path(from / WIDTH)}${width < WIDTH ? `.p/${width}` : ''}`));
    }
    return tiles;
  }

  const hashesOf = (tiles: Buffer[]): Buffer[] =>
    tiles.flatMap((tile) => Array.from({ length: tile.length / 32 }, (_, i) => tile.subarray(32 * i, 32 * (i + 1))));

  /** The root over a full tile's 256 hashes. */
  const fold = (row: Buffer[]): Buffer =>
    row.length === 1
      ? (row[0] as Buffer)
      : fold(
          Array.from({ length: row.length / 2 }, (_, i) =>
            hashChildren(row[2 * i] as Buffer, row[2 * i + 1] as Buffer),
          ),
        );

  async function grow(size: number): Promise<void> {
    for (;;) {
      const now = Number((await get(service.url, '/v1/ledger')).body.size);
      if (now > size) throw new Error(`the log has passed ${size}`);
      if (now === size) return;
      const batch = world.batch(Math.min(size - now, 5_000));
      const response = await fetch(`${service.url}/v1/events/batch?receipts=${size < 1_000}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch.map(({ event }) => ({ event }))),
      });
      const { results } = (await response.json()) as { results: { index: number; receipt?: string; status: string }[] };
      expect(results.every(({ status }) => status === 'accepted')).toBe(true);
      for (const { index, receipt } of results) if (receipt !== undefined) receipts.push({ index, receipt });
    }
  }

  it('is empty at size 0, and signed', async () => {
    const { size, root } = await checkpoint();
    expect({ size, root: root.toString('hex') }).toEqual({
      size: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect((await fetch(`${service.url}/log/tile/0/000.p/1`)).status).toBe(404);
  });

  it('has one leaf at size 1', async () => {
    world = await HonestWorld.open(service.url);
    const [first] = world.setUp;
    const leaf = hashLeaf(first?.event.slice(0, -1) ?? '');
    expect(await fetchBytes('tile/0/000.p/1')).toEqual(leaf);
    const response = await fetch(`${service.url}/v1/events/${first?.id}`);
    expect(await response.json()).toMatchObject({ index: 0 });
  });

  it.each(sizes)('gives at size %i the signed root from its entries and from its tiles', async (size) => {
    await grow(size);
    const head = await checkpoint();
    expect(head.size).toBe(size);
    const entries = (await level('entries', size)).flatMap(readEntryBundle);
    expect(entries).toHaveLength(size);
    const leaves = entries.map(hashLeaf);
    const roots = rootsOf(leaves);
    expect(roots[size]).toEqual(head.root);
    for (let [height, row] = [0, leaves]; row.length > 0; height += 1) {
      expect(hashesOf(await level(String(height), row.length))).toEqual(row);
      row = Array.from({ length: Math.floor(row.length / WIDTH) }, (_, i) =>
        fold(row.slice(i * WIDTH, (i + 1) * WIDTH)),
      );
    }
    for (const { index, receipt } of receipts.filter((_, i) => i % 7 === 0)) {
      const { proof, note, index: told } = readReceipt(receipt);
      const under = notes.open(note);
      expect(told).toBe(index);
      expect(rootFromInclusion(leaves[index] as Buffer, index, under.size, proof)).toEqual(under.root);
      expect(roots[under.size]).toEqual(under.root);
    }
    seen.push(head);
    for (const older of seen) expect(roots[older.size]).toEqual(older.root);
  });

  it('proves by tiles alone that each size continues each smaller one', async () => {
    const head = await checkpoint();
    const leaves = hashesOf(await level('0', head.size));
    for (const [i, older] of seen.entries())
      for (const newer of seen.slice(i))
        expect(rootsFromConsistency(older.size, newer.size, leaves)).toEqual([older.root, newer.root]);
  });

  it('refuses tiles that are not there, and strange names for those that are', async () => {
    const names = [
      '0/0',
      '0/00',
      '0/001/002',
      '0/000.p/0',
      '0/000.p/256',
      '64/000',
      '0/x000/000',
      'entries/999',
      '-1/000',
    ];
    for (const name of [...names, '0/999', '9/000', '0/000.p/300'])
      expect({ name, status: (await fetch(`${service.url}/log/tile/${name}`)).status }).toEqual({ name, status: 404 });
  });

  it('lets whoever asks keep what never changes, and nobody that something is not there', async () => {
    const keep = 'max-age=31536000, immutable';
    const told = async (name: string): Promise<unknown> => {
      const { status, headers } = await fetch(`${service.url}/log/${name}`);
      return { status, cache: headers.get('cache-control') };
    };
    expect(await told('tile/0/000')).toEqual({ status: 200, cache: `public, ${keep}` });
    expect(await told('tile/entries/000')).toEqual({ status: 200, cache: `private, ${keep}` });
    for (const name of ['tile/0/999', 'tile/entries/999', 'tile/nothing', 'nothing'])
      expect(await told(name)).toEqual({ status: 404, cache: 'no-store' });
  });

  it('gives every receipt under the newest checkpoint too', async () => {
    const entries = (await level('entries', (await checkpoint()).size)).flatMap(readEntryBundle);
    for (let index = 0; index < entries.length; index += Math.ceil(entries.length / 20)) {
      const id = eventIdOf(entries[index] ?? '');
      const response = await fetch(`${service.url}/v1/events/${id}/receipt`);
      expect(notes.proves(await response.text(), entries[index] ?? '')).toEqual(await checkpoint());
    }
  });
});
