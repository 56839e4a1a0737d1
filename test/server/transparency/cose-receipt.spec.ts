import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, encode } from 'cborg';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 9162 §2.1.3.2, written anew: the root that a path leads to. */
function rootOf(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array {
  let [fn, sn] = [index, size - 1];
  let hash = leaf;
  for (const sibling of path) {
    if (fn % 2 === 1 || fn === sn) {
      hash = sha256(Uint8Array.of(1), sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else hash = sha256(Uint8Array.of(1), hash, sibling);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  expect(sn).toBe(0);
  return hash;
}

interface Receipt {
  protectedHeader: Uint8Array;
  header: Map<number, unknown>;
  size: number;
  index: number;
  path: Uint8Array[];
  signature: Uint8Array;
}

/** Reads a COSE_Sign1 as RFC 9052 and RFC 9942 describe it. */
function read(bytes: Uint8Array): Receipt {
  expect(bytes[0]).toBe(0xd2);
  const options = { useMaps: true };
  const [protectedHeader, unprotected, payload, signature] = decode(bytes.subarray(1), options) as [
    Uint8Array,
    Map<number, Map<number, Uint8Array[]>>,
    null,
    Uint8Array,
  ];
  expect(payload).toBeNull();
  const [proof] = unprotected.get(396)?.get(-1) ?? [];
  const [size, index, path] = decode(proof as Uint8Array) as [number, number, Uint8Array[]];
  const header = decode(protectedHeader, options) as Map<number, unknown>;
  return { protectedHeader, header, size, index, path, signature };
}

describe('a COSE receipt', () => {
  let server: TestServer;
  let world: HonestWorld;
  let publicKey: ReturnType<typeof createPublicKey>;

  beforeAll(async () => {
    server = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(server.url);
    const vkey = String((await get(server.url, '/v1/ledger')).body.logKey);
    const [, key = ''] = /\+[0-9a-f]{8}\+(.+)$/.exec(vkey) ?? [];
    const x = Buffer.from(key, 'base64').subarray(1).toString('base64url');
    publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  });

  afterAll(() => server.close());

  async function fetchReceipt(id: string): Promise<Uint8Array> {
    const response = await fetch(`${server.url}/v1/events/${id}/receipt.cose`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/cose; cose-type="cose-sign1"');
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Whether it shows, to somebody with the log's key alone, that the event is in the log. */
  function shows({ protectedHeader, size, index, path, signature }: Receipt, event: string): boolean {
    const leaf = sha256(Uint8Array.of(0), Buffer.from(event.split('~', 1)[0] ?? '', 'ascii'));
    const root = rootOf(leaf, index, size, path);
    const signed = encode(['Signature1', protectedHeader, new Uint8Array(0), Uint8Array.from(root)]);
    return verify(null, signed, publicKey, signature);
  }

  it('proves by the log’s key alone that an event is in the log', async () => {
    const events = Array.from({ length: 7 }, () => world.declare());
    for (const { event } of events) expect((await post(server.url, event)).status).toBe(201);
    for (const { id, event } of events) {
      const receipt = read(await fetchReceipt(id));
      expect([receipt.header.get(1), receipt.header.get(395)]).toEqual([-8, 1]);
      expect(shows(receipt, event)).toBe(true);
      expect(shows(receipt, events.find((other) => other.id !== id)?.event ?? '')).toBe(false);
    }
  });

  it('is one of the checkpoint that is signed: its root is that of the same size', async () => {
    const { id, event } = world.declare();
    await post(server.url, event);
    const { size, index, path } = read(await fetchReceipt(id));
    const note = await (await fetch(`${server.url}/log/checkpoint`)).text();
    const leaf = sha256(Uint8Array.of(0), Buffer.from(event.slice(0, -1), 'ascii'));
    const [, sizeLine, rootLine] = note.split('\n');
    expect([String(size), Buffer.from(rootOf(leaf, index, size, path)).toString('base64')]).toEqual([
      sizeLine,
      rootLine,
    ]);
  });

  it('is not given of what is not in the log', async () => {
    const { id } = world.declare();
    expect(await get(server.url, `/v1/events/${id}/receipt.cose`)).toMatchObject({ status: 404 });
  });
});
