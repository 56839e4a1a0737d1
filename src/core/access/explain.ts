/** Why a viewer sees a lot. The first reason that shows most decides; the others are listed too. */
type Reason =
  | { rule: 'party'; from: number; until: number | null }
  | { rule: 'country'; country: string; from: number }
  | { rule: 'grant'; grant: string; by: string; until: number | null; ends: string }
  | { rule: 'upstream'; of: string; by?: string };

/** What is known about an actor and a lot. */
export interface AccessFacts {
  isRegistered: boolean;
  isSuspended: boolean;
  /** Its part in the lot; null: none. */
  part: { from: number; until: number | null } | null;
  /** The country that it supervises, if the lot was ever there. */
  country: { code: string; from: number } | null;
  /** Grants to it by parties of the lot that cover the lot, with what the giver sees. */
  grants: readonly { grant: string; by: string; until: number | null; ends: string }[];
  /** A lot that was made of this one and that the actor, or the giver `by` of a grant, holds or is to receive; null: none. */
  upstreamOf: { of: string; by: string | null } | null;
}

export interface Explanation {
  sees: 'all' | 'part' | 'nothing';
  /** Index of the last entry that it sees, where it sees a part. */
  until: number | null;
  reasons: Reason[];
  /** One sentence for people. */
  text: string;
}

/** Explains what an actor sees of a lot. */
export function explainAccess(actor: string, facts: AccessFacts): Explanation {
  if (!facts.isRegistered) return nothing(`${actor} is not registered.`);
  if (facts.isSuspended) return nothing(`${actor} is suspended, and sees nothing while it is.`);
  const { part, country, grants, upstreamOf } = facts;
  const reasons: Reason[] = [
    ...(part === null ? [] : [{ rule: 'party' as const, ...part }]),
    ...(country === null ? [] : [{ rule: 'country' as const, country: country.code, from: country.from }]),
    ...(upstreamOf === null
      ? []
      : [{ rule: 'upstream' as const, of: upstreamOf.of, ...(upstreamOf.by === null ? {} : { by: upstreamOf.by }) }]),
    ...grants.map((grant) => ({ rule: 'grant' as const, ...grant })),
  ];
  if (reasons.length === 0)
    return nothing(
      `${actor} declared, held, holds, carried or was named to receive neither this lot nor one made of it, and nobody who did grants it.`,
    );
  const untilOf = (reason: Reason): number | null => ('until' in reason ? reason.until : null);
  const whole = reasons.find((reason) => untilOf(reason) === null);
  if (whole !== undefined)
    return { sees: 'all', until: null, reasons, text: `${actor} sees all of it: ${said(whole)}.` };
  const last = reasons.reduce((most, reason) => ((untilOf(reason) ?? 0) > (untilOf(most) ?? 0) ? reason : most));
  const until = untilOf(last);
  return { sees: 'part', until, reasons, text: `${actor} sees it up to entry ${until}: ${said(last)}.` };
}

const nothing = (text: string): Explanation => ({ sees: 'nothing', until: null, reasons: [], text });

function said(reason: Reason): string {
  switch (reason.rule) {
    case 'party':
      return reason.until === null
        ? `it has been a party of the lot since entry ${reason.from}`
        : `its part in the lot ended there`;
    case 'country':
      return `it supervises ${reason.country}, where the lot has been`;
    case 'upstream':
      return reason.by === undefined
        ? `lot ${reason.of}, which it holds or is to receive, was made of it`
        : `lot ${reason.of}, which ${reason.by} holds or is to receive and granted it, was made of it`;
    case 'grant':
      return `${reason.by} granted it, until ${reason.ends}`;
  }
}
