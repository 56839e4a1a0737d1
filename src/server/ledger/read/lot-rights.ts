import { Injectable } from '@nestjs/common';
import type { Opening } from '../../../core/access/disclosures.js';
import type { ShareViewer, Viewer } from '../../../core/access/viewer.js';
import { AditError } from '../../../core/errors.js';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { actorNow, viewerNow } from '../../http/viewing.js';
import { untilNextStep } from './same-time.js';
import { MAX_DESCENDANTS, type NamedLots, lotsSeen } from './lots-seen.js';

type GrantRow = Opening['grants'][number];

/** An id that no lot has. A look-up of it takes as long as that of a lot that exists. */
export const NO_LOT = '00000000-0000-8000-8000-000000000000';

/** Lots of one finding at most of which a share may show one. */
const MAX_SHARED = 20;

/** Ancestors at most that are looked at for a viewer who does not hold the lot. */
const MAX_ANCESTORS = 10_000;

/** What a viewer may see of a lot: its chain up to which entry; null: all of it. */
interface LotRight {
  until: number | null;
}

/** The right to one lot, and whether it includes all that the lot was made of: for who holds it or is to receive it. */
interface RightToLot extends LotRight {
  upstream: boolean;
}

const WHOLE: RightToLot = { until: null, upstream: true };

/** The parts of one lot by which an actor sees it, with whether it is in the hands of the party. */
const PARTS = `
  SELECT part.until_index AS until, part.party = $2 AND part.grant_id IS NULL AS own, part.party IN (lots.holder, lots.in_transit_to) AS holds
    FROM parts_seen(ARRAY[$1::uuid], ARRAY[$2::text]) AS part LEFT JOIN lots ON lots.id = part.lot`;

interface PartRow extends LotRight {
  /** Whether it is the part of the actor itself, without grants to it and the country that it supervises. */
  own: boolean;
  /** Whether the party holds the lot or is to receive it. */
  holds: boolean | null;
}

/** An invisible lot and one that does not exist have the same answer. */
export const noLot = (lot: string): AditError => new AditError('not-found', `There is no lot ${lot}.`);

/**
 * Decides what the viewer of the request may see of a lot (docs/access.md): its parties see its chain up to the end of their
 * part; the holder of a lot sees all that it was made of.
 */
@Injectable()
export class LotRights {
  constructor(private readonly database: Database) {}

  /** Returns the right to a lot. Throws `not-found`; a right may also be to a lot that does not exist. */
  async require(lot: string): Promise<RightToLot> {
    const begun = performance.now();
    const right = await this.of(lot);
    if (right !== null) return right;
    await untilNextStep(begun);
    throw noLot(lot);
  }

  /**
   * Checks that the viewer may see all of a lot and of the lots that it was made of. Throws `not-found`, and `not-allowed`
   * for who may see less: a former party, a carrier, an authority where some of them were never in its country.
   */
  async requireWhole(lot: string): Promise<void> {
    const { until, upstream } = await this.require(lot);
    if (upstream || (until === null && (await this.seesAncestors(lot)))) return;
    throw new AditError(
      'not-allowed',
      'This also shows what the lot was made of: it is for those who hold the lot or are to receive it, and to whom they grant it.',
    );
  }

  /** Checks that the viewer holds a lot now. Throws `not-found`, and `not-allowed` for who else may see it. */
  async requireHolder(lot: string): Promise<void> {
    await this.require(lot);
    const viewer = viewerNow();
    const { rows } = await this.database.lookup.query<{ holder: string }>('SELECT holder FROM lots WHERE id = $1', [
      lot,
    ]);
    if (rows[0] === undefined) throw noLot(lot);
    if (viewer.kind !== 'everyone' && !(viewer.kind === 'actor' && viewer.actor === rows[0].holder))
      throw new AditError('not-allowed', 'Only the holder of a lot sees who may read it and who did.');
  }

  /** Returns the part of an actor itself in a lot, without grants to it; null: none, or the actor is suspended. */
  async ownPart(lot: string, actor: string): Promise<LotRight | null> {
    const part = (await this.parts(lot, actor)).find(({ own }) => own);
    return part === undefined ? null : { until: part.until };
  }

  /** Checks that the viewer itself is or was a party of a lot. Throws `not-found`, and `not-allowed` for who else sees it. */
  async requireOwnPart(lot: string): Promise<void> {
    await this.require(lot);
    const actor = actorNow();
    if (actor === null || (await this.ownPart(lot, actor)) === null)
      throw new AditError('not-allowed', 'Only the parties of a lot share it.');
  }

  /** Returns the right to a lot; null: none. Looks through what was made of it only where the parts in it show less than all. */
  async of(lot: string, viewer: Viewer = viewerNow()): Promise<RightToLot | null> {
    if (viewer.kind === 'everyone') return WHOLE;
    if (viewer.kind === 'share') return this.ofShare(lot, viewer);
    if (viewer.kind !== 'actor') return null;
    const parts = await this.parts(lot, viewer.actor);
    if (parts.some(({ holds }) => holds === true)) return WHOLE;
    const { rows } = await this.database.reads.query(
      `SELECT FROM holdings_seen(ARRAY[$1::uuid], ARRAY[$2::text], ${MAX_DESCENDANTS}) LIMIT 1`,
      [lot, viewer.actor],
    );
    if (rows.length > 0) return WHOLE;
    return parts.length === 0 ? null : { until: longest(parts), upstream: false };
  }

  /** Returns the right of a share, which shows of its lot what its maker sees, and all upstream where the maker holds it. */
  private async ofShare(lot: string, viewer: ShareViewer): Promise<RightToLot | null> {
    const { rows } = await this.database.reads.query(
      `SELECT FROM holdings_seen(ARRAY[$1::uuid], ARRAY[$2::text], ${MAX_DESCENDANTS})
        WHERE held = $3 AND party = $2 AND grant_id IS NULL LIMIT 1`,
      [lot, viewer.by, viewer.lot],
    );
    if (rows.length > 0) return WHOLE;
    return viewer.lot === lot ? { until: viewer.until, upstream: false } : null;
  }

  private async parts(lot: string, actor: string): Promise<PartRow[]> {
    return (await this.database.lookup.query<PartRow>(PARTS, [lot, actor])).rows;
  }

  /** Returns those of several lots in which the viewer has a part, its own or a granted one, with its end. */
  async visible(lots: readonly string[], viewer: Viewer = viewerNow()): Promise<Map<string, LotRight>> {
    if (viewer.kind === 'everyone') return new Map(lots.map((lot) => [lot, WHOLE]));
    if (viewer.kind !== 'actor') return new Map();
    const { rows } = await this.database.reads.query<{ lot: string; until: number | null }>(
      `SELECT lot, CASE WHEN bool_or(until_index IS NULL) THEN NULL ELSE max(until_index) END AS until
         FROM parts_seen($1, ARRAY[$2::text]) GROUP BY lot`,
      [lots, viewer.actor],
    );
    return new Map(rows.map(({ lot, until }) => [lot, { until }]));
  }

  /**
   * Returns those of the lots of a finding that the viewer may see, if the finding begins at an entry that it may see.
   * @param first index of the first entry that the finding concerns; null: of the whole log.
   */
  async seen(lots: readonly string[], first: number | null): Promise<ReadonlySet<string>> {
    return (await this.seenOfEach([{ lots, firstIndex: first }]))[0] ?? new Set();
  }

  /**
   * Returns, for each of several findings or alerts, those of its lots that the viewer may see.
   * @param db the transaction in which it is called.
   */
  async seenOfEach(asked: readonly NamedLots[], db: Queryable = this.database.reads): Promise<ReadonlySet<string>[]> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone') return asked.map(({ lots }) => new Set(lots));
    if (viewer.kind === 'actor') {
      const seen = await lotsSeen(db, asked, [viewer.actor]);
      return seen.map((byActor) => byActor.get(viewer.actor) ?? new Set());
    }
    return Promise.all(
      asked.map(async ({ lots }) => {
        const rights = await Promise.all(lots.slice(0, MAX_SHARED).map((lot) => this.of(lot)));
        return new Set(lots.filter((_, i) => rights[i]?.until === null));
      }),
    );
  }

  /** Returns whose disclosures the viewer may see. */
  async opening(viewer: Viewer = viewerNow()): Promise<Opening> {
    if (viewer.kind === 'share' && viewer.disclosures)
      return { viewer, grants: [{ by: viewer.by, lots: [viewer.lot], sites: null, disclosures: true }] };
    if (viewer.kind !== 'actor') return { viewer, grants: [] };
    const { rows } = await this.database.lookup.query<GrantRow>(
      `SELECT party AS by, lots, sites, disclosures FROM names_of(ARRAY[$1::text]) WHERE grant_id IS NOT NULL AND disclosures`,
      [viewer.actor],
    );
    return { viewer, grants: rows };
  }

  /** Whether the viewer may see all of every lot that this one was made of, by its own parts in each. */
  private async seesAncestors(lot: string): Promise<boolean> {
    const { rows } = await this.database.reads.query<{ lot: string }>(
      `SELECT lot FROM with_ancestors(ARRAY[$1::uuid], ${MAX_ANCESTORS + 1}) AS above (lot) WHERE lot <> $1`,
      [lot],
    );
    if (rows.length > MAX_ANCESTORS) return false;
    const visible = await this.visible(rows.map((row) => row.lot));
    return rows.every((row) => visible.get(row.lot)?.until === null);
  }
}

/** Returns the last entry that one of several parts shows; null: all of them. */
function longest(parts: readonly LotRight[]): number | null {
  const ends = parts.map(({ until }) => until);
  return ends.includes(null) ? null : Math.max(...ends.map(Number));
}
