import { isOperating } from '../../core/access/observed.js';
import { OPERATOR, actorOf } from '../../core/access/owner.js';
import { maySilence } from '../../core/api/alerts/silence.js';
import { type FilterClause, matching } from '../alerts/alert-filter.js';
import { silencesOf } from '../alerts/silence-alerts.js';
import type { Queryable } from '../database/rows.js';
import { lotsSeen } from '../ledger/read/lots-seen.js';

/** The fields of a notification that decide to whom it may be sent. */
interface Told {
  rule: string;
  lots: string[];
  /** The alert as JSON. */
  data: string;
}

/** Whether the owner of a subscription may see a notification. */
type MayBeTold = (owner: string | null) => boolean;

/**
 * Decides of each notification which owners may see its alert now, as `AlertSight.sees` decides for one viewer: actors alerts
 * on lots that they may see, the operator alerts on the record, no owner everything. Two statements at most.
 */
export async function ownersToTell(
  db: Queryable,
  notices: readonly Told[],
  owners: readonly (string | null)[],
): Promise<MayBeTold[]> {
  const actors = [...new Set(owners)].map(actorOf).filter((actor) => actor !== null);
  const named = actors.length === 0 ? [] : notices.map(({ lots, data }) => ({ lots, firstIndex: firstIndexOf(data) }));
  const seen = await lotsSeen(db, named, actors);
  return notices.map((notice, i) => (owner) => {
    if (owner === null) return true;
    return owner === OPERATOR ? isOperating(notice) : seen[i]?.has(owner) === true;
  });
}

/** Searches the text and does not parse it, because a damaged one must not hold up the others. */
function firstIndexOf(data: string): number | null {
  const found = /"firstIndex":([0-9]+)/.exec(data)?.[1];
  return found === undefined ? null : Number(found);
}

/** The silences of actors that own subscriptions, each for the messages to its owner alone. */
export class OwnSilences {
  private constructor(private readonly silences: Awaited<ReturnType<typeof silencesOf>>) {}

  static async of(db: Queryable, owners: readonly (string | null)[]): Promise<OwnSilences> {
    return new OwnSilences(
      await silencesOf(
        db,
        [...new Set(owners)].map(actorOf).filter((actor) => actor !== null),
      ),
    );
  }

  /** Returns the actors to whom messages about an alert are held back. */
  async holdingBack(db: Queryable, alert: FilterClause & { lots: readonly string[] }): Promise<ReadonlySet<string>> {
    if (this.silences.length === 0 || !maySilence(alert.rule)) return new Set();
    const met = await matching(
      db,
      alert,
      this.silences.map(({ filters }) => filters),
    );
    return new Set(this.silences.filter((_, i) => met[i] === true).map(({ owner }) => owner));
  }
}
