import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld, type SignedEvent } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { type Answer, get, post } from '../support/outside-client.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { until } from '../support/until.js';

/** How long the one that judges may take, beside the other, ms. */
const ALERTED_WITHIN = 30_000;

/** The same database, whose server ends an idle transaction after one second: so that a short round shows what a long one does. */
function impatient(url: string): string {
  const other = new URL(url);
  const settings = 'role=ledger_app search_path=public,bullmq idle_in_transaction_session_timeout=1000';
  other.searchParams.set('options', settings.replaceAll(/(\S+)/g, '-c $1'));
  return other.href;
}

/** An answer that was put off is asked for again. */
async function submit(base: string, event: string): Promise<Answer> {
  for (;;) {
    const answer = await post(base, event);
    if (answer.status !== 503) return answer;
    await sleep(20);
  }
}

describe('two services on one ledger', () => {
  const acknowledged = new Acknowledged();
  let ground: ServiceContext;
  let first: ServiceProcess;
  let second: ServiceProcess;
  let world: HonestWorld;

  beforeAll(async () => {
    ground = await newGround();
    const settings: Record<string, string> = long ? {} : { DATABASE_URL: impatient(ground.database.url) };
    first = await ServiceProcess.start(ground, settings);
    world = await HonestWorld.open(first.url);
    acknowledged.recordAll(world.setUp);
    // One client that takes its time: the start of the other lasts as long as the machine likes.
    const early = ingest([first.url], world, acknowledged, { patient: true, clients: 1, size: 4, rest: 200 });
    second = await ServiceProcess.start(ground, { ...settings, ADIT_ROLE: 'all' });
    await early.stop();
  }, upTo(180_000));

  afterAll(async () => {
    await Promise.all([first, second].map((service) => service.kill()));
    await ground.remove();
  });

  it('append in turn, whoever is asked, also while one of them starts', async () => {
    const clients = ingest([first.url, second.url], world, acknowledged, { patient: true });
    await sleep(long ? 10_000 : 500);
    await clients.stop();
    for (const { url } of [first, second]) expect((await get(url, '/readyz')).status).toBe(200);
    await expectLedgerIntact(first, acknowledged);
    await expectLedgerIntact(second, acknowledged, true);
    expect(acknowledged.statuses).not.toContain(500);
  });

  it('admit exactly one of two events that one holder signs on one head, and keep the other as evidence', async () => {
    for (const [here, there] of [
      [first.url, first.url],
      [first.url, second.url],
    ] as const) {
      const declared = world.declare();
      const [lot = ''] = declared.lots;
      expect(await acknowledged.sendOne(here, declared)).toBe('answered');
      const rivals = ['trader', 'rival'].map((to) => world.dispatch('coop', to, lot, declared.id));
      const answers = await Promise.all(rivals.map(({ event }, i) => submit([here, there][i] ?? here, event)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
      const winner = answers.findIndex(({ status }) => status === 201);
      const [won, lost] = [rivals[winner], rivals[1 - winner]] as [SignedEvent, SignedEvent];
      acknowledged.sending([won]);
      expect(answers[1 - winner]?.body).toMatchObject({ code: 'head-moved', heads: { [lot]: won.id } });
      expect((await get(here, `/v1/events/${lost.id}`)).status).toBe(404);
      await until(() => hasAlert(second.url, 'double-sale-attempt', lot), ALERTED_WITHIN);
    }
    await expectLedgerIntact(first, acknowledged, true);
  });

  it('see a fork too when both handovers of one lot come in one batch', async () => {
    const declared = world.declare();
    const [lot = ''] = declared.lots;
    expect(await acknowledged.sendOne(first.url, declared)).toBe('answered');
    const handovers = ['trader', 'rival'].map((to) => world.dispatch('coop', to, lot, declared.id));
    const [won, lost] = handovers as [SignedEvent, SignedEvent];
    const response = await fetch(`${first.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(handovers.map(({ event }) => ({ event }))),
    });
    expect(await response.json()).toMatchObject({
      results: [
        { status: 'accepted', id: won.id },
        { status: 'refused', id: lost.id, problem: { code: 'head-moved', heads: { [lot]: won.id } } },
      ],
    });
    acknowledged.sending([won]);
    const evidence = await postedEvidence(ground.database.superuserUrl, lost.id);
    expect(evidence).toMatchObject([{ id: lost.id, code: 'head-moved', evidence_index: expect.any(String) }]);
  });

  const rounds = long ? 1_000 : whole ? 20 : 6;
  it(`give a lot to one winner in each of ${rounds} rounds of 2 to 64 handovers`, async () => {
    for (let round = 0; round < rounds; round += 1) await race(first.url, world, acknowledged, 2 ** (1 + (round % 6)));
    await expectLedgerIntact(first, acknowledged, true);
  });

  const pauses = long ? 50 : 1;
  const pause = long ? 30_000 : 2_500;
  it(`lose nothing when one is paused in the midst of appending and wakes up ${pause} ms later, ${pauses} times`, async () => {
    for (let i = 0; i < pauses; i += 1) {
      const rest = long ? 1_000 : 20;
      const clients = ingest([first.url, second.url], world, acknowledged, { patient: true, rest });
      await sleep(200 + Math.random() * 200);
      first.signal('SIGSTOP');
      await sleep(pause);
      // The paused process has lost the lock of the log, so the other appends. It keeps only the lock of the guard's file.
      const locked = existsSync(`${first.config.guardFile}.lock`);
      const ending = await acknowledged.sendOne(second.url, world.declare());
      // A lock that was seen may belong to the paused process, and then no answer comes, or to the other.
      if (!locked) expect(ending).toBe('answered');
      first.signal('SIGCONT');
      await clients.stop();
      expect(first.running).toBe(true);
    }
    await expectLedgerIntact(second, acknowledged, true);
    await expectLedgerIntact(first, acknowledged);
    expect(acknowledged.statuses).not.toContain(500);
  });
});

/** Sends one lot to different receivers from one head, all at once. */
async function race(url: string, world: HonestWorld, acknowledged: Acknowledged, rivals: number): Promise<void> {
  const declared = world.declare();
  const [lot = ''] = declared.lots;
  await acknowledged.sendOne(url, declared);
  const receivers = ['trader', 'rival', 'plant'];
  const handovers = Array.from({ length: rivals }, (_, i) =>
    world.dispatch('coop', receivers[i % receivers.length] ?? '', lot, declared.id),
  );
  const answers = await Promise.all(handovers.map(({ event }) => submit(url, event)));
  const winners = handovers.filter((_, i) => answers[i]?.status === 201);
  expect(winners).toHaveLength(1);
  const losers = answers.filter(({ status }) => status !== 201);
  for (const { status, body } of losers)
    expect({ status, code: body.code, heads: body.heads }).toEqual({
      status: 409,
      code: 'head-moved',
      heads: { [lot]: winners[0]?.id },
    });
  acknowledged.sending(winners);
}

/** What is kept of a refused attempt. */
async function postedEvidence(url: string, id: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('SELECT id, code, evidence_index FROM refusals WHERE id = $1', [id])).rows;
  } finally {
    await client.end();
  }
}

/** Whether an alert of that rule on that lot is listed. */
async function hasAlert(base: string, rule: string, lot: string): Promise<boolean> {
  const { body } = await get(base, `/v1/alerts?lot=${lot}&rule=${rule}`);
  return (body.items as unknown[]).length > 0;
}
