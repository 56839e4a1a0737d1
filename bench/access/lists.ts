import type { ActorViewer, ShareViewer, Viewer } from '../../src/core/access/viewer.js';
import { ListGrants, grantsQuery } from '../../src/server/access/list-grants.js';
import { AlertSight } from '../../src/server/alerts/alert-sight.js';
import { SystemClock } from '../../src/server/clock.js';
import type { Database } from '../../src/server/database/database.js';
import { encodeCursor } from '../../src/server/http/paging.js';
import { asViewer } from '../../src/server/http/viewing.js';
import { LotRights } from '../../src/server/ledger/read/lot-rights.js';
import type { FormerLot } from '../../src/server/provenance/former-lot.js';
import type { JudgeLots } from '../../src/server/provenance/judge-lots.js';
import { ListStock, stockQuery } from '../../src/server/provenance/list-stock.js';
import { SearchLots, lotsQuery } from '../../src/server/provenance/search-lots.js';
import { ListFindings, findingsQuery } from '../../src/server/verification/findings/list-findings.js';
import { lotAt } from './fill.js';

/** A statement that a list runs for its viewer. */
export interface ListStatement {
  text: string;
  values: unknown[];
}

const PAGE = 50;
const actor = (id: string): ActorViewer => ({ kind: 'actor', actor: id, scopes: ['read'] });
const share: ShareViewer = {
  kind: 'share',
  share: 's',
  by: 'a7',
  lot: lotAt(207),
  until: null,
  expiresAt: '2099-01-01T00:00:00Z',
  disclosures: false,
};

/** Each kind of viewer, of a ledger that `fillOf` filled. */
export const viewers: readonly (readonly [string, Viewer])[] = [
  ['holder of every hundredth', actor('a7')],
  ['holder of five old lots', actor('small')],
  ['authority', actor('ministry')],
  ['grantee, no limit', actor('auditor')],
  ['grantee, sites and days', actor('inspector')],
  ['grantee, twenty lots', actor('lender')],
  ['actor without lots', actor('idle')],
  ['share', share],
];

const search =
  (query: object) =>
  (database: Database): Promise<unknown> =>
    new SearchLots(database, {} as JudgeLots, {} as FormerLot).search(lotsQuery.parse({ limit: PAGE, ...query }));
const findings =
  (query: object) =>
  (database: Database): Promise<unknown> =>
    new ListFindings(database, new LotRights(database)).list(findingsQuery.parse({ limit: PAGE, ...query }));
const stock =
  (query: object) =>
  (database: Database): Promise<unknown> =>
    new ListStock(database).list(stockQuery.parse({ limit: PAGE, ...query }));

/** A time that the clock of the log reads in the middle of so many lots. */
const timeAt = (n: number): string => new Date(n).toISOString();

/** Every list that a viewer asks of a ledger of so many lots, in each of its forms. */
export const listsOf = (lots: number): readonly (readonly [string, (database: Database) => Promise<unknown>])[] => [
  ['lots', search({})],
  ['lots, a later page', search({ cursor: encodeCursor([lots / 3, lotAt(lots / 3)]) })],
  ['lots of a mineral', search({ mineral: 'cassiterite' })],
  ['lots of a holder', search({ holder: 'a7' })],
  ['lots of a site', search({ site: 's7' })],
  ['lots with a status', search({ status: 'inTransit' })],
  ['lots with a tag', search({ tag: 'SYN-207' })],
  ['lots with a number', search({ lotNumber: 'L-207' })],
  ['lots by a name', search({ name: 'SYN-207' })],
  ['lots by the beginning of an id', search({ name: lotAt(207).slice(0, 8) })],
  ['lots on the way to an actor', search({ inTransitTo: 'a8' })],
  ['lots of a time', search({ from: timeAt(lots / 4), to: timeAt(lots / 2) })],
  ['former lots', search({ part: 'former' })],
  ['stock', stock({})],
  ['stock of another', stock({ holder: 'a7' })],
  ['findings', findings({})],
  ['findings of a rule', findings({ rule: 'mass-gained', status: 'open' })],
  ['alerts', (database) => new AlertSight(database, new LotRights(database)).candidates(Number.MAX_SAFE_INTEGER)],
  ['grants', (database) => new ListGrants(database, new SystemClock()).list(grantsQuery.parse({ limit: PAGE }))],
];

/**
 * Lists that read more than twice the blocks that the same statement reads without policies, each with the reason, its viewers,
 * and the ratio at most in a ledger of 300,000 lots.
 */
const dearer: readonly { list: RegExp; who: RegExp; times: number; reason: string }[] = [
  {
    list: /^lots/,
    who: /sites and days/,
    times: 15,
    reason: 'limits of sites and days are tested on each lot of the giver',
  },
  {
    list: /^lots (of a site|of a holder|with a status)$/,
    who: /authority/,
    times: 150,
    reason: 'the lots of the country are gone through, newest first',
  },
  { list: /^former lots$/, who: /hundredth/, times: 10, reason: 'few parts are sorted' },
  { list: /^stock/, who: /authority|grantee/, times: 6, reason: 'every lot of the sum is tested' },
  {
    list: /^(findings|findings of a rule|alerts)$/,
    who: /hundredth|authority|no limit|sites and days/,
    times: 1_000,
    reason: 'newest rows are tested until there are enough: too many lots to look for theirs',
  },
];

/** Returns why a list may read so many blocks, `required` within the requirement; null: it may not. */
export function mayRead(list: string, who: string, policed: number, open: number): string | null {
  if (policed <= 2 * open + 200) return 'required';
  const known = dearer.find((one) => one.list.test(list) && one.who.test(who) && policed <= one.times * open + 200);
  return known?.reason ?? null;
}

/** Returns the statements that a list runs as the role that row-level security limits, by a database that only notes them. */
export async function statementsOf(
  viewer: Viewer,
  list: (database: Database) => Promise<unknown>,
): Promise<ListStatement[]> {
  const noted: ListStatement[] = [];
  const nothing = { rows: [], rowCount: 0 };
  const reader = {
    query: (text: string, values: unknown[] = []) => {
      noted.push({ text, values });
      return Promise.resolve(nothing);
    },
  };
  // The clock of the log has the time of each lot as its index.
  const query = (text: string, values: unknown[] = []): Promise<object> =>
    Promise.resolve(text.includes('FROM clocks') ? { rows: [{ index: values[0] }] } : nothing);
  const database = { query, lookup: { query }, reads: { query }, reader: { for: () => reader } } as unknown as Database;
  await asViewer(viewer, () => list(database));
  return noted;
}
