import { randomBytes } from 'node:crypto';
import { BUNDLE_FORMAT, encodeHashes } from '../../src/core/bundle/bundle.js';
import { expectedIndex } from '../../src/core/bundle/freshness.js';
import { lotsBehind } from '../../src/core/bundle/events.js';
import { provenSizes } from '../../src/core/bundle/check.js';
import { subjectsNamed } from '../../src/core/bundle/subjects.js';
import { type Signer, buildEvent, buildPossession, outputLotIds, randomToken } from '../../src/core/event/build.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { type AditEvent, readEvent } from '../../src/core/event/event.js';
import { decodeBase64url } from '../../src/core/event/grammar.js';
import { signCheckpoint } from '../../src/core/log/checkpoint.js';
import { noteSigner } from '../../src/core/log/note.js';
import { provePartial } from '../../src/core/log/partial-tree.js';
import {
  type IndexLeaf,
  NO_EVENTS,
  bitOf,
  compareKeys,
  extendDigest,
  indexNode,
  proveIndex,
  subjectKey,
} from '../../src/core/log/sealed-index.js';
import { castKey } from './cast-keys.js';
import { type HashOf, leafHash, nodeHash, rootHash } from '../../src/core/log/tree.js';

export const LOG = 'example.org/tin';
const START = Date.parse('2026-05-12T06:00:00Z');

type Body = Record<string, unknown>;

export interface Written {
  index: number;
  id: string;
  event: AditEvent;
  lots: string[];
}

/**
 * An operator with all the keys of a ledger, who writes into its log whatever he likes: nothing is admitted, everything
 * is signed, sealed and proved as if it had been. What only the reader of a bundle can find out, he must find out.
 */
export class Forger {
  readonly log = noteSigner(LOG, randomBytes(32));
  readonly service = castKey('the service');
  readonly signers = new Map<string, Signer>();
  readonly texts: string[] = [];
  readonly events: AditEvent[] = [];
  private readonly heads = new Map<string, string>();
  time = START;

  static async open(): Promise<Forger> {
    const forger = new Forger();
    await forger.write('registrar', 'ledger.opened', {
      logKey: forger.log.vkey,
      serviceKey: forger.service.jwk,
      registrar: { actor: 'registrar', key: forger.key('registrar').jwk },
    });
    await forger.clock();
    const roles = {
      agent: ['authority'],
      coop: ['miner'],
      trader: ['trader'],
      rival: ['trader'],
      plant: ['processor'],
    };
    for (const [actor, own] of Object.entries(roles)) await forger.register(actor, own);
    await forger.write('registrar', 'site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    await forger.write('agent', 'site.inspected', { site: 'hill', date: '2026-05-01', certification: 1, activity: 1 });
    await forger.write('agent', 'tags.issued', { series: 'T-', from: 1, to: 99, site: 'hill' });
    return forger;
  }

  key(actor: string): Signer {
    const known = this.signers.get(actor) ?? castKey(actor);
    this.signers.set(actor, known);
    return known;
  }

  async register(actor: string, roles: string[]): Promise<void> {
    const key = this.key(actor);
    const possession = await buildPossession(LOG, actor, key);
    await this.write('registrar', 'actor.registered', { actor, roles, country: 'RW', key: key.jwk, possession });
  }

  /** The log's time goes on, by an hour unless told, and is said in the log. */
  async clock(milliseconds = 3_600_000): Promise<void> {
    this.time += milliseconds;
    await this.write('ledger', 'log.clock', {}, this.service);
  }

  /** Writes an event; `prev` of lots is filled in where it is not said. */
  async write(by: string, type: string, body: Body, signer = this.key(by)): Promise<Written> {
    const jti = randomToken();
    const filled = { ...body };
    const extended: string[] = [];
    for (const member of ['lots', 'inputs'])
      if (Array.isArray(filled[member]))
        filled[member] = (filled[member] as (string | { lot: string })[]).map((item) => {
          if (typeof item === 'string') return item;
          extended.push(item.lot);
          return { prev: this.heads.get(item.lot), ...item };
        });
    const outputs = Array.isArray(filled.outputs) ? (filled.outputs as object[]) : [];
    const lots = outputLotIds(LOG, by, jti, outputs.length);
    if (outputs.length > 0) filled.outputs = outputs.map((output, i) => ({ lot: lots[i], ...output }));
    const iat = Math.floor(this.time / 1_000);
    const occurredAt = new Date(this.time).toISOString();
    const built = await buildEvent({ log: LOG, type, iss: by, iat, jti, occurredAt, ...filled }, signer);
    const event = readEvent(parseEnvelope(built.event), LOG);
    for (const lot of [...extended, ...lots]) this.heads.set(lot, event.id);
    this.texts.push(built.event);
    this.events.push(event);
    return { index: this.texts.length - 1, id: event.id, event, lots };
  }

  head(lot: string): string {
    return this.heads.get(lot) ?? '';
  }

  /** Says what the index over all entries, or the first ones, but the hidden ones is. */
  async seal(hidden: readonly number[] = [], size = this.texts.length, more: Body = {}): Promise<number> {
    const root = Buffer.from(indexNode(this.leaves(size, hidden), 0).hash).toString('base64');
    return (await this.write('ledger', 'index.sealed', { size, root, ...more }, this.service)).index;
  }

  private leaves(size: number, hidden: readonly number[]): IndexLeaf[] {
    const leaves = new Map<string, IndexLeaf>();
    for (const [index, event] of this.events.slice(0, size).entries()) {
      if (hidden.includes(index)) continue;
      for (const subject of subjectsNamed(event)) {
        const leaf = leaves.get(subject) ?? { key: subjectKey(subject), count: 0, digest: NO_EVENTS };
        leaf.count += 1;
        leaf.digest = extendDigest(leaf.digest, decodeBase64url(event.id));
        leaves.set(subject, leaf);
      }
    }
    return [...leaves.values()].toSorted((a, b) => compareKeys(a.key, b.key));
  }

  checkpoint(size = this.texts.length): string {
    return signCheckpoint({ origin: LOG, size, root: rootHash(size, this.hashOf) }, this.log);
  }

  readonly hashOf: HashOf = (level, index) =>
    level === 0
      ? leafHash((this.texts[index] ?? '').split('~')[0] ?? '')
      : nodeHash(this.hashOf(level - 1, 2 * index), this.hashOf(level - 1, 2 * index + 1));

  /** A bundle of the whole log, or of what is not left out of it, with proofs that fit what is in it. */
  bundle(
    lot: string,
    {
      without = [],
      sealed,
      sizes = [],
    }: { without?: readonly number[]; sealed?: number; sizes?: readonly number[] } = {},
  ): string {
    const events = this.texts.map((event, index) => ({ index, event })).filter(({ index }) => !without.includes(index));
    const asked = { leaves: events.map(({ index }) => index), sizes: provenSizes({ events, sizes }) };
    return JSON.stringify({
      format: BUNDLE_FORMAT,
      log: LOG,
      lot,
      hints: { logKey: this.log.vkey },
      checkpoint: this.checkpoint(),
      events,
      ...(sizes.length === 0 ? {} : { sizes }),
      nodes: encodeHashes(provePartial(asked, this.texts.length, this.hashOf)),
      index: sealed === undefined ? null : this.indexProof(lot, asked.leaves, sealed),
    });
  }

  private indexProof(lot: string, indexes: readonly number[], sealed: number): unknown {
    const read = indexes.map((index) => ({ index, event: this.events[index] as AditEvent }));
    const scope = lotsBehind(lot, read);
    const size = (this.events[sealed] as AditEvent & { payload: { size: number } }).payload.size;
    const keys = [...expectedIndex(read, scope, size).keys()].map((subject) => subjectKey(subject));
    const leaves = this.leaves(size, []);
    const under = (depth: number, prefix: number): IndexLeaf[] =>
      leaves.filter(({ key }) => {
        let number = 0;
        for (let bit = 0; bit < depth; bit += 1) number = number * 2 + bitOf(key, bit);
        return number === prefix;
      });
    const source = { cut: 0, node: (d: number, p: number) => indexNode(under(d, p), d), leaves: under };
    const { shape, hashes, others } = proveIndex(keys.toSorted(compareKeys), source);
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    return {
      event: sealed,
      shape,
      hashes: encodeHashes(hashes),
      others: others.map(({ key, count, digest }) => ({ key: base64(key), count, digest: base64(digest) })),
    };
  }
}
