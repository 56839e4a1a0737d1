import { createHash } from 'node:crypto';

/** Actors that hold lots, each every hundredth. */
const HOLDERS = 100;
/** Lots, among the oldest, of a trader that has no others. */
const FEW = 5;

/** Ids look random, as digests do. */
export const lotAt = (n: number): string =>
  createHash('md5')
    .update(String(n))
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-8$3-8$4-');
const ID = `overlay(overlay(md5(n::text) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid`;
const HOLDER = `CASE WHEN n <= ${FEW} THEN 'small' ELSE 'a' || n % ${HOLDERS} END`;
const NEXT = `'a' || (n + 1) % ${HOLDERS}`;

/**
 * Returns statements that fill the tables of a ledger with so many lots at once, without a log: more than three parties and two events
 * a lot, a finding for every tenth and an alert for every thirtieth, and grants of each kind. Only readers run on it. Indexes
 * of entries are those of the lots' numbers, above what the log has.
 */
export const fillOf = (lots: number): string => /* sql */ `
INSERT INTO actors (id, roles, country, suspended, index)
SELECT 'a' || n, '{trader}'::text[], 'RW', false, n FROM generate_series(0, ${HOLDERS - 1}) AS n
UNION ALL SELECT id, ARRAY[role], country, false, 1000
  FROM (VALUES ('small', 'trader', 'RW'), ('ministry', 'authority', 'RW'), ('auditor', 'auditor', 'DE'), ('inspector', 'auditor', 'DE'),
               ('lender', 'auditor', 'DE'), ('idle', 'trader', 'DE')) AS more (id, role, country);
INSERT INTO lots SELECT ${ID}, 3, 'head' || n, n, n, CASE n % 50 WHEN 0 THEN 'inTransit' ELSE 'held' END, ${HOLDER},
  CASE n % 50 WHEN 0 THEN ${NEXT} END, NULL, NULL, '{}', (ARRAY['cassiterite', 'wolframite', 'tantalite', 'gold'])[1 + n % 4], 'ore',
  1000000, NULL, '[]', ARRAY['SYN-' || n], NULL, 'L-' || n, 's' || n % 500, n, jsonb_build_array(jsonb_build_object('site', 's' || n % 500, 'mass', '1000000')),
  'dryMass', false FROM generate_series(1, ${lots}) AS n;
INSERT INTO lot_parties SELECT ${ID}, ${HOLDER}, n, n, NULL FROM generate_series(1, ${lots}) AS n;
INSERT INTO lot_parties SELECT ${ID}, '@RW', n, n, NULL FROM generate_series(1, ${lots}) AS n;
INSERT INTO lot_parties SELECT ${ID}, ${NEXT}, n, n, CASE n % 50 WHEN 0 THEN NULL ELSE n END FROM generate_series(1, ${lots}) AS n;
INSERT INTO lot_parties SELECT ${ID}, 'a' || (n + 2) % ${HOLDERS}, n, n, n FROM generate_series(3, ${lots}, 3) AS n;
INSERT INTO lot_events SELECT ${ID}, seq, n FROM generate_series(1, ${lots}) AS n, generate_series(1, 2) AS seq;
INSERT INTO tag_uses SELECT 'SYN-' || n, ${ID}, n FROM generate_series(1, ${lots}) AS n;
INSERT INTO findings (id, fingerprint, rule, version, severity, status, subject, root, cause, lots, events, measured, threshold, detail,
    first_index, first_opened, opened_at, parameters)
SELECT ${ID}, n, (ARRAY['mass-gained', 'tag-reused'])[1 + n % 2], 1, 'high', 'open', n, n, n, ARRAY[${ID}], '{}', '', '', '', n, n, n, 1
  FROM generate_series(1, ${lots}) AS n WHERE n % 10 = n / ${HOLDERS} % 10 OR n = 1;
INSERT INTO alerts (id, finding, rule, root, severity, ordering_key, status, lots)
SELECT id, id, rule, root, severity, root, 'open', lots FROM findings WHERE first_index % 3 = 1 ORDER BY opened_at;
INSERT INTO alert_findings SELECT finding, id, 'open', 3, 1 FROM alerts;
INSERT INTO access_grants (id, index, by_actor, to_actor, lots, sites, born_from, born_until, until, disclosures)
VALUES ('whole', 1, 'a7', 'auditor', NULL, NULL, NULL, NULL, 4102444800000, false),
       ('site', 2, 'a7', 'inspector', NULL, '{s7,s107}', NULL, NULL, 4102444800000, false),
       ('time', 3, 'a8', 'inspector', NULL, NULL, ${lots / 2}, NULL, 4102444800000, false),
       ('lots', 4, 'a9', 'lender', ARRAY(SELECT ${ID} FROM generate_series(9, 1909, ${HOLDERS}) AS n), NULL, NULL, NULL, 4102444800000, false);
ANALYZE;`;
