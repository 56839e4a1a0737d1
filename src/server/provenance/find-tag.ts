import { Injectable } from '@nestjs/common';
import type { SeenTag } from '../../core/api/tag.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { tagDigits } from '../../core/event/identifiers.js';
import { actorNow, viewerNow } from '../http/viewing.js';
import { LotRights } from '../ledger/read/lot-rights.js';
import { untilNextStep } from '../ledger/read/same-time.js';
import { storedPayload } from '../ledger/read/reread-event.js';

/** Places of one tag in one answer at most. */
const MAX_SIGHTINGS = 1_000;

type TagSighting = SeenTag['sightings'][number];

interface SightingRow {
  id: string;
  index: number;
  jws: string;
  lots: string[];
}

interface Claims {
  type: string;
  iss: string;
  occurredAt: string;
  place?: { site?: string; facility?: string };
}

const claimsOf = (jws: string): Claims => storedPayload(jws);

/** Lists the history of a tag: where it was issued, used and voided, and which lot it is on. */
@Injectable()
export class FindTag {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /** Lists the places of a tag that the viewer may see. Throws `not-found` where there are none. */
  async sight(tag: string): Promise<SeenTag> {
    const begun = performance.now();
    const digits = tagDigits(tag);
    const cuts = Array.from({ length: digits }, (_, i) => tag.length - digits + i);
    const [{ rows: issued }, { rows: sightings }, { rows: carriedBy }] = await Promise.all([
      this.database.reads.query<SeenTag['issued'][number]>(
        `SELECT issued.series, issued.site, issued.issuer, entry.id AS event, issued.index
           FROM unnest($2::integer[]) AS cut (at)
           JOIN tag_ranges AS issued ON issued.series = left($1, cut.at)
            AND substr($1, cut.at + 1)::bigint BETWEEN issued.from_number AND issued.to_number
            AND length($1) - cut.at = GREATEST(COALESCE(issued.digits, 0), length(substr($1, cut.at + 1)::bigint::text))
           JOIN entries AS entry ON entry.index = issued.index
          ORDER BY issued.index`,
        [tag, cuts],
      ),
      this.database.reads.query<SightingRow>(
        `SELECT e.id, e.index, e.jws,
                ARRAY(SELECT lot FROM tag_uses WHERE tag = $1 AND tag_uses.index = e.index ORDER BY lot) AS lots
           FROM (SELECT index FROM tag_uses WHERE tag = $1
                 UNION SELECT index FROM filings WHERE subject = 'tag:' || $1) AS seen
           JOIN entries AS e USING (index) ORDER BY e.index LIMIT ${MAX_SIGHTINGS}`,
        [tag],
      ),
      this.database.reads.query<SeenTag['carriedBy'][number]>(
        `SELECT id AS lot, status, holder FROM lots
          WHERE id IN (SELECT lot FROM tag_uses WHERE tag = $1) AND tags @> ARRAY[$1] AND status <> 'consumed'
          ORDER BY born_index, id LIMIT ${MAX_SIGHTINGS}`,
        [tag],
      ),
    ]);
    const seen = await this.seen({ tag, issued, sightings: sightings.map(sightingOf), carriedBy });
    if (seen.issued.length > 0 || seen.sightings.length > 0) return seen;
    await untilNextStep(begun);
    throw new AditError('not-found', `Nobody has issued, used or voided the tag ${tag}.`);
  }

  /** Leaves out what is about lots that the viewer may not see, and events of others that name none of its lots. */
  private async seen(all: SeenTag): Promise<SeenTag> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone') return all;
    const actor = actorNow();
    const named = [...all.sightings.flatMap(({ lots }) => lots), ...all.carriedBy.map(({ lot }) => lot)];
    const visible = await this.rights.visible([...new Set(named)]);
    const isSeen = (lot: string, index: number): boolean => {
      const right = visible.get(lot);
      return right !== undefined && (right.until === null || index <= right.until);
    };
    const sightings = all.sightings
      .map((sighting) => ({ ...sighting, lots: sighting.lots.filter((lot) => isSeen(lot, sighting.index)) }))
      .filter(({ iss, lots }) => iss === actor || lots.length > 0);
    const carriedBy = all.carriedBy.filter(({ lot }) => visible.get(lot)?.until === null);
    // Who may see a tag in use may see where it was issued.
    const issued = all.issued.filter(({ issuer }) => sightings.length > 0 || (actor !== null && issuer === actor));
    return { ...all, issued, sightings, carriedBy };
  }
}

function sightingOf({ id, index, jws, lots }: SightingRow): TagSighting {
  const { type, iss, occurredAt, place } = claimsOf(jws);
  const { site, facility } = place ?? {};
  const named = { ...(site === undefined ? {} : { site }), ...(facility === undefined ? {} : { facility }) };
  return { event: id, index, type, iss, occurredAt, place: place === undefined ? null : named, lots };
}
