import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, checkBundle } from '../../../src/core/bundle/check.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { readCheckpoint, signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { parsePolicy, checkQuorum } from '../../../src/core/log/policy.js';
import { parseTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Database } from '../../../src/server/database/database.js';
import { CollectCosignatures } from '../../../src/server/transparency/witnesses/collect-cosignatures.js';
import { loadKeys } from '../../../src/server/transparency/keys.js';
import { SealIndex } from '../../../src/server/transparency/seal-index.js';
import { asSuperuser } from '../../support/database.js';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { TestWitness } from '../../support/test-witness.js';

describe('a ledger with three witnesses, of whom two are enough', () => {
  let witnesses: [TestWitness, TestWitness, TestWitness];
  let service: TestServer;
  let world: HonestWorld;
  let policyText: string;
  let logKey: string;

  async function open(): Promise<void> {
    witnesses = [new TestWitness('north'), new TestWitness('south'), new TestWitness('east')];
    await Promise.all(witnesses.map((witness) => witness.start()));
    service = await startTestServer((vkey) => {
      logKey = vkey;
      const group = 'group enough 2 north south east\nquorum enough\n';
      policyText = `log ${vkey}\n${witnesses.map(({ line }) => line).join('\n')}\n${group}`;
      const file = join(witnesses[0].folder, 'policy.txt');
      writeFileSync(file, policyText);
      for (const { store } of witnesses) store.add(vkey);
      return { ADIT_POLICY_FILE: file, ADIT_ROLE: 'api' };
    });
    world = await HonestWorld.open(service.url, collect);
  }

  async function close(): Promise<void> {
    await service.close();
    await Promise.all(witnesses.map((witness) => witness.remove()));
  }

  const collect = (): Promise<void> => service.server.app.get(CollectCosignatures, { strict: false }).collect();

  /** Gives the index of the last one. */
  async function record(events: number): Promise<number> {
    const recorded = [];
    for (let i = 0; i < events; i += 1) recorded.push(await post(service.url, world.declare().event));
    expect(recorded.map(({ status }) => status)).toEqual(recorded.map(() => 201));
    return Number(recorded.at(-1)?.body.index);
  }

  async function shown(): Promise<{ size: number; note: string }> {
    const response = await fetch(`${service.url}/log/checkpoint`);
    expect(response.status).toBe(200);
    expect(Date.parse(response.headers.get('last-modified') ?? '')).toBeLessThanOrEqual(Date.now());
    const note = await response.text();
    expect(checkQuorum(note, parsePolicy(policyText)).met).toBe(true);
    return { size: readCheckpoint(note).size, note };
  }

  const outcomes = async (): Promise<unknown> =>
    ((await get(service.url, '/log/witnesses')).body.witnesses as { outcome: string }[]).map(({ outcome }) => outcome);

  describe('when it has just been opened', () => {
    beforeEach(open);
    afterEach(close);

    it('shows a checkpoint with the cosignatures of all of them, receipts and bundles under it', async () => {
      const index = await record(3);
      await collect();
      const { size, note } = await shown();
      expect(size).toBe(index + 1);
      expect(checkQuorum(note, parsePolicy(policyText)).cosignatures).toHaveLength(3);
      expect(await outcomes()).toEqual(['cosigned', 'cosigned', 'cosigned']);

      const policy = parsePolicy(policyText);
      const { body } = await post(service.url, world.declare().event);
      await collect();
      const receipt = await (await fetch(`${service.url}/v1/events/${String(body.id)}/receipt`)).text();
      expect(checkQuorum(parseTlogProof(receipt).checkpoint, policy).met).toBe(true);
    });

    it('goes on to append while two are gone, shows the last good checkpoint and its age, and catches up', async () => {
      await record(2);
      await collect();
      const before = await shown();
      await witnesses[0].stop();
      await witnesses[1].stop();
      const index = await record(4);
      await collect();
      expect(await shown()).toEqual(before);
      expect((await get(service.url, '/log/witnesses')).body).toMatchObject({ shown: { size: before.size } });
      expect(await outcomes()).toEqual(['failed', 'failed', 'cosigned']);
      const tile = await fetch(`${service.url}/log/tile/0/000.p/${index + 1}`);
      expect(tile.status).toBe(404);
      await witnesses[1].start();
      await collect();
      expect(await shown()).toMatchObject({ size: index + 1 });
    });

    describe('and bundles under a sealed index', () => {
      const check = async (of: string, query: string): Promise<BundleReport> => {
        const response = await fetch(`${service.url}/v1/lots/${of}/bundle?sealed=${query}`);
        expect(response.status).toBe(200);
        return checkBundle(parseBundle(await response.text()), {
          logKeys: [logKey],
          policy: parsePolicy(policyText),
          parameters: defaultParameters,
          checkSignature,
        });
      };
      /** Where the last index was said in the log. */
      const sealedAt = async (): Promise<number | undefined> => {
        const database = service.server.app.get(Database, { strict: false });
        return (await database.rows<{ entry: number }>('SELECT entry FROM index_state'))[0]?.entry;
      };

      it('proves the last index that readers are shown while witnesses are gone, whoever asks for a newer one', async () => {
        const declared = world.declare();
        expect((await post(service.url, declared.event)).status).toBe(201);
        const [lot = ''] = declared.lots;
        const before = await check(lot, 'now');
        expect(before.word).toBe('VERIFIED');
        await witnesses[0].stop();
        await witnesses[1].stop();
        // Enough new subjects that the tree is cut deeper meanwhile, and some that the index had.
        const sent = world.dispatch('coop', 'trader', lot, declared.id);
        expect((await post(service.url, sent.event)).status).toBe(201);
        await record(40);
        const seals: unknown[] = [];
        for (const query of ['now', 'now', 'last']) {
          const report = await check(lot, query);
          expect(report.steps.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
          expect(report).toMatchObject({ word: 'VERIFIED', currentAsOf: before.currentAsOf });
          await record(2);
          seals.push(await sealedAt());
        }
        await service.server.app.get(SealIndex, { strict: false }).seal();
        seals.push(await sealedAt());
        expect(new Set(seals).size).toBe(1);

        await witnesses[1].start();
        const after = await check(lot, 'now');
        expect(after).toMatchObject({ word: 'VERIFIED', judged: { lot: { inTransitTo: 'trader' } } });
        // The log's time changes every ten seconds only: the description of the lot shows what is newer.
        expect(Date.parse(after.currentAsOf ?? '')).toBeGreaterThanOrEqual(Date.parse(before.currentAsOf ?? ''));
        expect(seals).not.toContain(await sealedAt());
      });
    });

    it('is held up by none that does not answer', async () => {
      witnesses[2].lie = () => 'nothing';
      const index = await record(2);
      const collecting = collect();
      const began = Date.now();
      while ((await shown().catch(() => null))?.size !== index + 1) expect(Date.now() - began).toBeLessThan(4_000);
      await record(1);
      await collecting;
      expect(await outcomes()).toEqual(['cosigned', 'cosigned', 'failed']);
    });

    it('asks from what a witness has, also when it was told by another process', async () => {
      await record(2);
      await collect();
      await asSuperuser(service.database.superuserUrl, 'UPDATE witnesses SET size = 1');
      const index = await record(2);
      await collect();
      expect(await shown()).toMatchObject({ size: index + 1 });
    });

    it('is halted, in every process, where a witness holds a checkpoint that this key signed for another log', async () => {
      await record(2);
      await collect();
      // A thief of the key shows another log, one entry longer, to one witness.
      const { size } = await shown();
      const { origin } = service.config;
      const forged = signCheckpoint(
        { origin, size: size + 1, root: leafHash('x') },
        loadKeys(service.config, origin).log,
      );
      const [file = ''] = readdirSync(witnesses[2].folder).filter((name) => name.endsWith('.json'));
      writeFileSync(join(witnesses[2].folder, file), JSON.stringify({ origin, logKeys: [logKey], note: forged }));
      await record(1);
      await collect();
      const halted = { status: 503, body: { code: 'log-halted', detail: expect.stringContaining('another root') } };
      expect(await get(service.url, '/log/checkpoint')).toMatchObject(halted);
      expect(await post(service.url, world.declare().event)).toMatchObject(halted);
      const evidence = JSON.parse(readFileSync(`${service.config.guardFile}.contradiction.json`, 'utf8')) as object;
      expect(evidence).toMatchObject({ checkpoint: forged });
      service = await service.restart();
      expect(await get(service.url, '/log/checkpoint')).toMatchObject(halted);
      expect(await get(service.url, '/readyz')).toMatchObject({ status: 503 });
    });
  });

  describe('one of which gives what is no cosignature', () => {
    beforeAll(open);
    afterAll(close);

    it.each([
      ['says it has seen more', { status: 409, text: '1000000\n' }, 'ahead'],
      ['says the log is another', { status: 422, text: 'no\n' }, 'ahead'],
      ['says another log of this size is the log', { status: 409, text: 'no\n' }, 'ahead'],
      ['gives a cosignature that is none', { status: 200, text: `— example.org/east ${'A'.repeat(96)}\n` }, 'failed'],
      ['answers with more than anyone would', { status: 200, text: 'x'.repeat(1_000_000) }, 'failed'],
      ['sends elsewhere', { status: 302, text: '' }, 'failed'],
    ])('heeds none that %s', async (_name, answer, outcome) => {
      witnesses[2].lie = () => answer;
      const index = await record(2);
      await collect();
      expect(await shown()).toMatchObject({ size: index + 1 });
      expect(await outcomes()).toEqual(['cosigned', 'cosigned', outcome]);
      await record(1);
      witnesses[2].lie = null;
      await collect();
      expect(await outcomes()).toEqual(['cosigned', 'cosigned', 'cosigned']);
    });
  });
});
