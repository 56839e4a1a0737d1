import { buildEvent, randomToken } from '../../src/core/event/build.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { readEvent } from '../../src/core/event/event.js';
import { operatorScopes } from '../../src/core/access/scopes.js';
import type { Viewer } from '../../src/core/access/viewer.js';
import { People } from '../../src/server/access/people/people.js';
import type { Config } from '../../src/server/config/config.js';
import { MachineKeys } from '../../src/server/access/machine-keys.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { LogEvents } from '../../src/server/ledger/append/log-events.js';
import { SealIndex } from '../../src/server/transparency/seal-index.js';
import { Redeliver } from '../../src/server/delivery/redeliver.js';
import { noJobs } from '../../src/server/queue/jobs.js';
import { asViewer } from '../../src/server/http/viewing.js';
import { LotRights } from '../../src/server/ledger/read/lot-rights.js';
import { ListFindings, findingsQuery } from '../../src/server/verification/findings/list-findings.js';
import type { ShowCheckpoint } from '../../src/server/transparency/show-checkpoint.js';
import { queueOlderEntries, rulesFingerprint } from '../../src/server/verification/judging/older-entries.js';
import { AlertDesk } from './alert-desk.js';
import { HookReceiver } from './hook-receiver.js';
import { OPENED, type TestLedger } from './test-ledger.js';

/** A ledger with rows in every table, each written by the code that writes it in service. */

const kilograms = (value: string) => ({ value, uom: 'KGM' });
/** A ledger without witnesses shows every checkpoint at once. */
const shown = { covers: () => Promise.resolve(true) } as unknown as ShowCheckpoint;

const seal = ({ database, identity, append, clock }: TestLedger): Promise<unknown> =>
  new SealIndex(database, identity, new LogEvents(identity, clock), append, shown).seal();

/** Signs one event that withholds what it may; gives its text and, apart, its disclosures. */
async function withheld(ledger: TestLedger, type: string, body: object): Promise<{ jws: string; whole: string }> {
  const signer = ledger.actors.get('coop');
  if (signer === undefined) throw new Error('There is no coop.');
  const [log, now] = [ledger.identity.origin, ledger.clock.now()];
  const times = { iat: Math.floor(now / 1_000), occurredAt: new Date(now).toISOString() };
  const claims = { log, type, iss: 'coop', jti: randomToken(), ...times };
  const { jws, disclosures } = await buildEvent({ ...claims, ...body }, signer, { disclose: false });
  return { jws, whole: [jws, ...disclosures, ''].join('~') };
}

async function send(ledger: TestLedger, text: string): Promise<void> {
  const event = readEvent(parseEnvelope(text), ledger.identity.origin);
  await ledger.append.append([{ event, text, receipt: false }]);
}

/** Registry rows of every kind, two at least. */
async function register(ledger: TestLedger): Promise<void> {
  await ledger.record('tags.issued', 'agent', { series: 'SYN-N-', from: 1, to: 9, site: 'hill' });
  for (const site of ['ridge', 'valley'])
    await ledger.record('site.registered', 'registrar', { site, country: 'RW', operator: 'coop', minerals: ['gold'] });
  for (const facility of ['store', 'smelter'])
    await ledger.record('facility.registered', 'registrar', { facility, kind: 'warehouse', country: 'RW' });
}

/** Lots of sites whose capacity is not known. */
async function mine(ledger: TestLedger): Promise<void> {
  const outputs = [{ mineral: 'gold', form: 'concentrate', mass: kilograms('0.5') }];
  for (const site of ['ridge', 'valley']) await ledger.record('lot.declared', 'coop', { place: { site }, outputs });
}

/** Lots that are declared, certified, reported, endorsed, corrected, handed over and made into one. */
async function trade(ledger: TestLedger): Promise<void> {
  for (const [i, tag] of ['SYN-M-4411', 'SYN-M-4412'].entries()) {
    const lot = await ledger.declare(`${48 + i}`, { tags: [tag] });
    const certified = { serial: `RW-${i}`, exporter: 'trader', lots: [lot], mass: kilograms('48') };
    const dates = { issuedOn: '2026-05-12', expiresOn: '2026-08-01', originCountries: ['RW'] };
    await ledger.record('certificate.issued', 'agent', { ...certified, ...dates });
    const { id } = await ledger.record('incident.reported', 'trader', { category: 'theft', level: 2, lots: [lot] });
    await ledger.record('event.endorsed', 'trader', { events: [id] });
    const corrected = { event: ledger.head(lot), field: '/teamSize', is: 6 + i, reason: 'forgotten' };
    await ledger.record('event.corrected', 'coop', corrected);
    await ledger.dispatch(lot);
    await ledger.receive(lot, `${60 + i}`);
    await ledger.submit('custody.dispatched', 'mallory', { to: 'trader', lots: [{ lot }] });
  }
  for (const mass of ['20', '30']) {
    const inputs = [{ lot: await ledger.declare(mass) }, { lot: await ledger.declare(mass) }];
    const outputs = [{ mass: kilograms(`${2 * Number(mass)}`) }];
    const [heap = ''] = (await ledger.record('lot.aggregated', 'coop', { inputs, outputs })).lots;
    await ledger.dispatch(heap);
    if (mass === '20') await ledger.receive(heap, '48');
  }
}

/** Grants with every limit, and one that is withdrawn. */
async function grant(ledger: TestLedger): Promise<void> {
  // A grant may name lots that do not exist yet.
  const lots = [1, 2].map((n) => `0000000${n}-0000-8000-8000-000000000000`);
  for (const [i, to] of ['trader', 'agent'].entries()) {
    const only = { lots: [lots[i]], sites: [['hill'], ['hill', 'ridge']][i], bornFrom: `2026-05-0${i + 1}` };
    const body = { only: { ...only, bornUntil: `2026-06-0${i + 1}` }, until: `2026-07-0${i + 1}T00:00:00Z` };
    const { id } = await ledger.record('grant.given', i === 0 ? 'coop' : 'trader', { to, ...body });
    await ledger.record('grant.withdrawn', i === 0 ? 'coop' : 'trader', { grant: id });
  }
  await ledger.record('grant.given', 'coop', { to: 'agent', until: '2026-07-03T00:00:00Z', disclosures: true });
}

/** What is withheld, told later, erased, refused, and what waits for its parent. */
async function withhold(ledger: TestLedger): Promise<void> {
  for (const vehicle of ['RAB 482 K', 'RAB 483 K', 'RAB 484 K']) {
    const lot = await ledger.declare('50');
    const place = { site: 'hill', lat: '-1.79', lon: '30.01', accuracyM: '5', source: 'gnss' };
    const lots = [{ lot, prev: ledger.head(lot) }];
    const { jws, whole } = await withheld(ledger, 'custody.dispatched', { place, to: 'trader', lots, vehicle });
    await send(ledger, `${jws}~`);
    if (vehicle !== 'RAB 484 K') await send(ledger, whole);
    const waiting = { to: 'trader', lots: [{ lot, prev: 'A'.repeat(43) }] };
    await send(ledger, (await withheld(ledger, 'custody.dispatched', waiting)).whole);
  }
  const digests = await ledger.database.rows<{ digest: string }>(
    'SELECT digest FROM disclosures ORDER BY digest LIMIT 2',
  );
  for (const { digest } of digests)
    await ledger.record('data.erased', 'registrar', { digests: [digest], ground: 'request' });
}

/** Time passes and deadlines with it; of what is found, some is answered. */
async function judge(ledger: TestLedger): Promise<void> {
  await ledger.verifier().verify();
  const open = await ledger.database.rows<{ id: string; rule: string }>(
    "SELECT id, rule FROM findings WHERE rule = 'mass-gained' ORDER BY id",
  );
  for (const { id } of open.slice(0, 2))
    await ledger.record('finding.answered', 'trader', { finding: id, answer: 'explain', reason: 'weighed again' });
  for (const days of [4, 5]) {
    ledger.clock.setTo(OPENED + days * 86_400_000);
    await ledger.deadlines().judge();
  }
  await ledger.dispatch(await ledger.declare('30'));
  await ledger.verifier().verify();
}

/** Subscribers by every way, a silence, decisions, digests and messages that were sent, tried and given up. */
async function notify(ledger: TestLedger, desk: AlertDesk, hooks: HookReceiver): Promise<void> {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  for (const rules of [['tag-reused'], ['mass-lost']])
    await desk.silences.silence({
      filters: { rules: rules },
      until,
      reason: 'the scale is mended',
      by: 'desk',
    });
  hooks.answer('/down', (response) => void response.writeHead(500).end());
  hooks.answer('/gone', (response) => void response.writeHead(410).end());
  await desk.subscribe({ url: `${hooks.base}/hook`, label: 'smelter' });
  await desk.subscribe({ url: `${hooks.base}/gone`, label: 'former' });
  await desk.subscribe({ url: `${hooks.base}/down`, contact: 'desk@example.org' });
  for (const path of ['one', 'two']) await desk.subscribe({ url: `${hooks.base}/${path}`, digestMinutes: 60 });
  await desk.notify();
  await noteAsActors(ledger, desk, hooks);
  for (const { id } of (await desk.list()).slice(0, 2)) {
    await desk.changes.change(id, 'acknowledged', { by: 'desk', note: 'seen', evidence: ['scale book'] });
    await desk.changes.assign(id, { assignee: 'agent', by: 'desk' });
  }
  await desk.notify();
  await desk.deliver(desk.deliverer());
  await ledger.database.query("UPDATE deliveries SET next_at = now() WHERE type = 'alert.digest'");
  await desk.deliver(desk.deliverer());
  await redeliverOne(ledger, desk);
}

/** Has a message that was delivered sent again, so that one is pending. */
async function redeliverOne(ledger: TestLedger, desk: AlertDesk): Promise<void> {
  const [delivered] = await ledger.database.rows<{ id: string }>(
    "SELECT id FROM deliveries WHERE status = 'delivered' AND number IS NOT NULL ORDER BY sequence LIMIT 1",
  );
  const redeliver = new Redeliver(ledger.database, desk.notices, ledger.journal, noJobs);
  if (delivered !== undefined) await redeliver.one(delivered.id);
}

/** Notes proofs of identity as used. */
const spend = (ledger: TestLedger): Promise<unknown> =>
  ledger.database.query('INSERT INTO spent_proofs (digest, until) VALUES ($1, 1), ($2, 2)', [
    Buffer.alloc(32, 1),
    Buffer.alloc(32, 2),
  ]);

/** A share and a passport of each kind, and reads that were recorded. */
const share = (ledger: TestLedger): Promise<unknown> =>
  ledger.tamper(`
    INSERT INTO shares (secret_hash, lot, by_actor, label, disclosures, expires_at, withdrawn_at)
    SELECT sha256(n::text::bytea), gen_random_uuid(), CASE n WHEN 1 THEN 'coop' ELSE 'trader' END, 'bank ' || n, n = 1,
           now() + n * interval '1 day', CASE n WHEN 2 THEN now() END FROM generate_series(1, 2) AS n;
    INSERT INTO passports (lot, code, by_actor, evidence, gtin, serial, withdrawn_at)
    SELECT gen_random_uuid(), 'CODE' || n, CASE n WHEN 1 THEN 'coop' ELSE 'trader' END, n = 1, '0000000000000' || n, 'S' || n,
           CASE n WHEN 2 THEN now() END FROM generate_series(1, 2) AS n;
    INSERT INTO contacts (actor, representative, phone, email, tax_number, shown_to, updated_at)
    SELECT 'actor-' || n, 'person ' || n, '+250' || n, n || '@example.org', 'T' || n, ARRAY['actor-' || n], now() FROM generate_series(1, 2) AS n;
    INSERT INTO accesses (at, lot, viewer, route)
    SELECT now(), gen_random_uuid(), 'actor:' || n, '/v1/lots/:id' || n FROM generate_series(1, 2) AS n`);

/** Keys for machines, one of them replaced. */
async function signIn(ledger: TestLedger): Promise<void> {
  const keys = new MachineKeys(ledger.database, ledger.journal, ledger.clock);
  const { id } = await keys.create({ label: 'metrics', scopes: ['metrics'] });
  await keys.create({ label: 'office', scopes: ['read'], actor: 'trader' });
  await keys.rotate(id, { overlapHours: 1 });
  const config = { oidcIssuer: 'https://login.example.org' } as Config;
  const people = new People(ledger.database, ledger.journal, ledger.clock, config);
  const operator: Viewer = { kind: 'operator', scopes: operatorScopes };
  await asViewer(operator, async () => {
    const clerk = await people.create({ subject: 'clerk', label: 'Clerk', actor: 'trader', scopes: ['read'] });
    await people.create({ subject: 'chief', label: 'Chief', scopes: ['admin'] });
    await people.end(clerk.id);
  });
}

/** Subscriptions, silences and notes that actors have for themselves. */
async function noteAsActors(ledger: TestLedger, desk: AlertDesk, hooks: HookReceiver): Promise<void> {
  const list = new ListFindings(ledger.database, new LotRights(ledger.database));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  for (const actor of ['coop', 'trader'])
    await asViewer({ kind: 'actor', actor, scopes: ['read', 'alerts'] }, async () => {
      await desk.subscribe({ url: `${hooks.base}/${actor}` });
      await desk.silences.silence({ filters: { rules: ['late-entry'] }, until, reason: 'no network' });
      for (const { id } of (await desk.list({ status: 'open' })).slice(0, 2)) {
        await desk.changes.assign(id, { assignee: `clerk of ${actor}` });
        await desk.changes.change(id, 'acknowledged', { note: 'seen' });
      }
      for (const { id } of (await list.list(findingsQuery.parse({ limit: 2 }))).items)
        await list.respond(id, { acknowledged: true, assignee: `clerk of ${actor}` });
    });
}

/** Writes rows of witnesses' signatures directly, because only a witness can sign. */
async function witness(ledger: TestLedger): Promise<void> {
  await ledger.tamper(`
    INSERT INTO witnessed_checkpoints (size, note) SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 2;
    INSERT INTO witnesses VALUES ('one', 3, 'cosigned', '', now()), ('two', 0, 'unreachable', 'no answer', now())`);
}

/** Fills every table of a new ledger but those of full tiles and of judging that is still to be done. */
export async function fillWorld(ledger: TestLedger): Promise<void> {
  const desk = new AlertDesk(ledger);
  const hooks = await HookReceiver.start();
  try {
    const rules = rulesFingerprint(RuleParameters.load(null).sets);
    await ledger.database.transaction((db) => queueOlderEntries(db, rules));
    await register(ledger);
    await mine(ledger);
    await seal(ledger);
    await trade(ledger);
    await spend(ledger);
    await share(ledger);
    await grant(ledger);
    await withhold(ledger);
    await seal(ledger);
    await judge(ledger);
    await seal(ledger);
    await notify(ledger, desk, hooks);
    await signIn(ledger);
    await witness(ledger);
    await ledger.auditor().audit();
  } finally {
    await hooks.stop();
  }
}
