import { Injectable } from '@nestjs/common';
import type { Opening } from '../../../core/access/disclosures.js';
import type { Viewer } from '../../../core/access/viewer.js';
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

/** Descendants in the hands of the viewer at most that are looked at. */
const MAX_HELD = 100;

/** What a viewer may see of a lot: its chain up to which entry; null: all of it. */
interface LotRight {
  until: number | null;
}

/** The right to one lot, and whether it includes all that the lot was made of: for who holds it or is to receive it. */
interface RightToLot extends LotRight {
  upstream: boolean;
}

const WHOLE: RightToLot = { until: null, upstream: true };

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
    const viewer: Viewer = { kind: 'actor', actor, scopes: [] };
    const { rows } = await this.database.reader
      .for(viewer)
      .query<LotRight>('SELECT until_index AS until FROM lot_parties WHERE lot = $1 AND party = viewer()', [lot]);
    return rows[0] ?? null;
  }

  /** Checks that the viewer itself is or was a party of a lot. Throws `not-found`, and `not-allowed` for who else sees it. */
  async requireOwnPart(lot: string): Promise<void> {
    await this.require(lot);
    const actor = actorNow();
    if (actor === null || (await this.ownPart(lot, actor)) === null)
      throw new AditError('not-allowed', 'Only the parties of a lot share it.');
  }

  /** Returns the right to a lot; null: none. */
  async of(lot: string, viewer: Viewer = viewerNow()): Promise<RightToLot | null> {
    if (viewer.kind === 'everyone') return WHOLE;
    if (viewer.kind !== 'actor' && viewer.kind !== 'share') return null;
    const isShared = viewer.kind === 'share' && viewer.lot === lot;
    const own = isShared ? viewer : (await this.visible([lot], viewer)).get(lot);
    if (await this.holdsDescendant(lot, viewer)) return WHOLE;
    return own === undefined ? null : { until: own.until, upstream: false };
  }

  /** Returns those of several lots that the viewer is a party of now, and those of which it sees a part, with its end. */
  async visible(lots: readonly string[], viewer: Viewer = viewerNow()): Promise<Map<string, LotRight>> {
    if (viewer.kind === 'everyone') return new Map(lots.map((lot) => [lot, WHOLE]));
    const { rows } = await this.database.reader.for(viewer).query<{ lot: string; until: number | null }>(
      `SELECT lot, CASE WHEN bool_or(until_index IS NULL) THEN NULL ELSE max(until_index) END AS until
         FROM lot_parties WHERE lot = ANY($1::uuid[]) GROUP BY lot`,
      [lots],
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
  async seenOfEach(asked: readonly NamedLots[], db: Queryable = this.database): Promise<ReadonlySet<string>[]> {
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
    const { rows } = await this.database.reader.for(viewer).query<GrantRow>(
      `SELECT by_actor AS by, lots, sites, disclosures FROM access_grants
        WHERE to_actor = viewer() AND by_actor = ANY(viewer_grantors()) AND disclosures
          AND withdrawn_index IS NULL AND until > extract(epoch FROM statement_timestamp()) * 1000`,
    );
    return { viewer, grants: rows };
  }

  /** Whether the viewer may see all of every lot that this one was made of, by its own parts in each. */
  private async seesAncestors(lot: string): Promise<boolean> {
    const { rows } = await this.database.query<{ lot: string }>(
      `SELECT lot FROM with_ancestors(ARRAY[$1::uuid], ${MAX_ANCESTORS + 1}) AS above (lot) WHERE lot <> $1`,
      [lot],
    );
    if (rows.length > MAX_ANCESTORS) return false;
    const visible = await this.visible(rows.map((row) => row.lot));
    return rows.every((row) => visible.get(row.lot)?.until === null);
  }

  /**
   * Whether the viewer, or who granted it, holds or is to receive this lot or one that was made of it. A share shows what
   * its maker holds.
   */
  private async holdsDescendant(lot: string, viewer: Viewer): Promise<boolean> {
    const shared = viewer.kind === 'share' ? viewer.lot : null;
    const names = viewer.kind === 'share' ? [viewer.by] : await this.names(viewer);
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT lots.id FROM with_descendants(ARRAY[$1::uuid], ${MAX_DESCENDANTS}) AS below (lot) JOIN lots ON lots.id = below.lot
        WHERE ($2::uuid IS NULL OR lots.id = $2) AND (lots.holder = ANY($3) OR lots.in_transit_to = ANY($3))
        LIMIT ${MAX_HELD}`,
      [lot, shared, names],
    );
    if (rows.length === 0 || shared !== null) return rows.length > 0;
    // A grant may be limited to some lots of its giver: row-level security knows which.
    const visible = await this.visible(
      rows.map(({ id }) => id),
      viewer,
    );
    return [...visible.values()].some(({ until }) => until === null);
  }

  /** Returns the actors in whose name the viewer sees lots: itself, and those who granted it. */
  private async names(viewer: Viewer): Promise<string[]> {
    const { rows } = await this.database.reader
      .for(viewer)
      .query<{ names: string[] | null }>('SELECT viewer_names() AS names');
    return (rows[0]?.names ?? []).filter((name) => !name.startsWith('@'));
  }
}
