import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Opening, mayOpen } from '../../core/access/disclosures.js';
import { BUNDLE_FORMAT, encodeHashes } from '../../core/bundle/bundle.js';
import { logKeyAt } from '../../core/custody/ledger-keys.js';
import { AditError } from '../../core/errors.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import { type IndexLeaf } from '../../core/log/sealed-index.js';
import { partialNodes, provePartial } from '../../core/log/partial-tree.js';
import { Database } from '../database/database.js';
import { type SealedDisclosures, openDisclosures, sealedDisclosuresOf } from '../ledger/disclosures/disclosure-rows.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { loadHashes } from '../ledger/read/read-tree.js';
import { rereadEntry } from '../ledger/read/reread-event.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';
import { sha256 } from '../../platform/sha256.js';
import { ProveIndex, type ProvenIndex } from '../transparency/prove-index.js';
import { RenewIndex } from '../transparency/renew-index.js';
import { ShowCheckpoint } from '../transparency/show-checkpoint.js';
import { stateFindings } from './state-findings.js';
import { GatherBundle, type BundleParts } from './gather-bundle.js';

/** Events in memory at a time. */
const PIECE = 500;
/** Concurrent bundles; further requests are refused. */
const AT_ONCE = 4;
/** Time without any read after which a reader is disconnected, ms, to free its slot. */
const STALLED = 60_000;

export interface BundleOptions {
  /** Whose disclosures the events include; null: none. */
  opening: Opening | null;
  /** Whether the index is sealed first, so that the bundle proves completeness as of now and not of the last hour. */
  sealed: boolean;
  /** Sizes of checkpoints that the reader has; the bundle proves consistency with them. */
  continues: readonly number[];
}

/** Streams the provenance bundle of a lot (protocol.md §6). */
@Injectable()
export class MakeBundle {
  private making = 0;
  /** Tests set a shorter time. */
  stalledAfter = STALLED;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly shown: ShowCheckpoint,
    private readonly renewal: RenewIndex,
    private readonly index: ProveIndex,
  ) {}

  /**
   * Makes a bundle with the disclosures that the viewer may see. The caller checks that the viewer may see the whole lot.
   * Throws `not-found`, `request-too-large`, and `overloaded` above the limit of concurrent bundles.
   */
  async make(lot: string, options: BundleOptions): Promise<Readable> {
    if (this.making >= AT_ONCE)
      throw new AditError('overloaded', 'The limit of concurrent bundles is reached; try again shortly.');
    this.making += 1;
    try {
      const stream = await this.stream(lot, options);
      stream.once('close', () => {
        this.making -= 1;
      });
      return stream;
    } catch (error) {
      this.making -= 1;
      throw error;
    }
  }

  private async stream(lot: string, { opening, sealed, continues }: BundleOptions): Promise<Readable> {
    if (sealed) await this.renewal.renew();
    const { size, note } = await this.shown.newest();
    const entry = await this.index.newest(size);
    const gatherer = new GatherBundle(this.database, this.identity.origin, size);
    const gathered = await gatherer.gather(lot, entry === null ? [] : [entry]);
    const proven = entry === null ? null : await this.index.prove(entry, gathered.subjects);
    // Sizes above the log's get no proof; the reader notices the missing proof.
    const sizes = [...new Set(continues)].filter((each) => each <= size).toSorted((a, b) => a - b);
    const nodes = await this.nodes(gathered, sizes, size);
    const head = await this.head(lot, note, sizes);
    return unlessStalled(this.pieces(head, gathered, nodes, proven, opening), this.stalledAfter);
  }

  private async nodes({ indexes, seen }: BundleParts, sizes: readonly number[], size: number): Promise<string> {
    const asked = { leaves: indexes, sizes: [...new Set([...seen, ...sizes])].toSorted((a, b) => a - b) };
    const hashOf = await loadHashes(this.database, partialNodes(asked, size));
    return encodeHashes(provePartial(asked, size, hashOf, sha256));
  }

  private async head(lot: string, checkpoint: string, sizes: readonly number[]): Promise<object> {
    const info = await loadLedgerInfo(this.database);
    const signer = this.identity.signer(info?.serviceKid ?? null);
    return {
      format: BUNDLE_FORMAT,
      log: this.identity.origin,
      lot,
      hints: { logKey: logKeyAt(info?.logKeys ?? [], readCheckpoint(checkpoint).size) ?? this.identity.firstLogKey },
      checkpoint,
      stated: await stateFindings(this.database, this.identity.origin, lot, signer),
      ...(sizes.length === 0 ? {} : { sizes }),
    };
  }

  private async *pieces(
    head: object,
    { indexes }: BundleParts,
    nodes: string,
    proven: ProvenIndex | null,
    opening: Opening | null,
  ): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"events":[`;
    for (let from = 0; from < indexes.length; from += PIECE) {
      const events = await this.events(indexes.slice(from, from + PIECE), opening);
      yield `${from === 0 ? '' : ','}\n${events.map((event) => JSON.stringify(event)).join(',\n')}`;
    }
    yield `\n],"nodes":${JSON.stringify(nodes)},"index":${JSON.stringify(indexJson(proven))}}\n`;
  }

  private async events(
    indexes: readonly number[],
    opening: Opening | null,
  ): Promise<{ index: number; event: string }[]> {
    const { rows } = await this.database.query<{ index: number; jws: string; sealed: SealedDisclosures }>(
      `SELECT e.index, e.jws, CASE WHEN $2 THEN ${sealedDisclosuresOf('e.id')} END AS sealed
         FROM entries AS e WHERE e.index = ANY($1::bigint[]) ORDER BY e.index`,
      [indexes, opening !== null],
    );
    if (rows.length !== indexes.length) throw new AditError('log-halted', 'An entry of the bundle is missing.');
    const { origin } = this.identity;
    const opened = (jws: string, sealed: SealedDisclosures): string[] =>
      opening !== null && sealed !== null && mayOpen(rereadEntry(jws, origin), opening) ? openDisclosures(sealed) : [];
    return rows.map(({ index, jws, sealed }) => ({ index, event: [jws, ...opened(jws, sealed), ''].join('~') }));
  }
}

/** Returns a stream that ends with an error if its reader stops reading. */
function unlessStalled(pieces: AsyncIterable<string>, milliseconds: number): Readable {
  async function* watched(): AsyncGenerator<string> {
    for await (const piece of pieces) {
      timer.refresh();
      yield piece;
    }
  }
  const stream = Readable.from(watched(), { objectMode: false });
  const timer = setTimeout(() => stream.destroy(new Error('Nobody reads the bundle.')), milliseconds);
  stream.once('close', () => clearTimeout(timer));
  return stream;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function indexJson(proven: ProvenIndex | null): unknown {
  if (proven === null) return null;
  const { shape, hashes, others } = proven.proof;
  return {
    event: proven.entry,
    shape,
    hashes: encodeHashes(hashes),
    others: others.map(({ key, count, digest }: IndexLeaf) => ({ key: base64(key), count, digest: base64(digest) })),
  };
}
