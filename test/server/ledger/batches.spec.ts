import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld, type SignedEvent } from '../../support/honest-world.js';
import { type Body, get } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { asSuperuser } from '../../support/database.js';

const NDJSON = 'application/x-ndjson';

interface Result extends Body {
  status: string;
  id: string | null;
  problem?: { code: string; errors?: { pointer: string }[] };
}

describe('a batch', () => {
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    // Shorter than the chunks of one batch: a batch must be taken all the same.
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_APPEND_QUEUE: '300' });
    world = await HonestWorld.open(service.url);
  });

  afterAll(async () => {
    await service.close();
  });

  async function send(body: string, type = 'application/json'): Promise<{ status: number; body: string }> {
    const response = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    return { status: response.status, body: await response.text() };
  }

  const line = (event: string): string => JSON.stringify({ event });
  const resultsOf = (text: string): Result[] =>
    text
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Result);

  async function record(events: readonly string[]): Promise<Result[]> {
    const { body } = await send(JSON.stringify(events.map((event) => ({ event }))));
    return (JSON.parse(body) as { results: Result[] }).results;
  }

  const told = (results: Result[]): string[] => results.map(({ status, problem }) => problem?.code ?? status);
  const size = async (): Promise<number> => (await get(service.url, '/v1/ledger')).body.size as number;

  /** A dispatch of the lot that an event declares, whatever becomes of the declaration. */
  const follow = ({ id, lots }: SignedEvent): SignedEvent => world.dispatch('coop', 'trader', lots[0] ?? '', id);
  const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }];
  const strange = (): SignedEvent =>
    world.sign('coop', 'lot.declared', { place: { site: 'hill' }, outputs, strange: 'claim' });
  const notAllowed = (): SignedEvent => world.sign('trader', 'lot.declared', { place: { site: 'hill' }, outputs });
  const badlySigned = (event: string): string => {
    const [input = ''] = event.split(/\.[^.]*$/);
    return `${input}.${'A'.repeat(86)}~`;
  };

  describe('with a parent that is refused', () => {
    const orphan = (results: Result[]): Result => results.at(-1) as Result;

    it('refuses its children, where it fell at the door', async () => {
      const parent = strange();
      expect(told(await record([parent.event, follow(parent).event]))).toEqual(['schema-invalid', 'parent-refused']);
      const declared = world.declare();
      const results = await record([badlySigned(declared.event), follow(declared).event]);
      expect(told(results)).toEqual(['signature-invalid', 'parent-refused']);
      expect(orphan(results).problem?.errors).toMatchObject([{ pointer: '/lots/0/prev' }]);
      expect(orphan(results).problem).toHaveProperty('refusal');
    });

    it('refuses them chunks later, and their own children', async () => {
      const parent = notAllowed();
      const child = world.dispatch('trader', 'rival', parent.lots[0] ?? '', parent.id);
      const grandchild = world.sign('rival', 'custody.received', {
        from: 'trader',
        lots: [{ lot: parent.lots[0], prev: child.id, mass: { value: '50', uom: 'KGM' } }],
      });
      const others = Array.from({ length: 1_300 }, () => world.declare().event);
      const results = await record([parent.event, ...others, child.event, grandchild.event]);
      expect(told(results.slice(-2))).toEqual(['parent-refused', 'parent-refused']);
      expect(told(results.slice(0, 2))).toEqual(['role-not-allowed', 'accepted']);
    });

    it('refuses those that came before it too, and lets none of them wait', async () => {
      const parent = notAllowed();
      const child = follow(parent);
      expect(told(await record([child.event, parent.event]))).toEqual(['parent-refused', 'role-not-allowed']);
      const fell = strange();
      expect(told(await record([follow(fell).event, fell.event]))).toEqual(['parent-refused', 'schema-invalid']);
      const late = notAllowed();
      const early = follow(late);
      const others = Array.from({ length: 1_200 }, () => world.declare().event);
      await record([early.event, ...others, late.event]);
      const waiting = [child, early].map(({ id }) => `'${id}'`).join();
      const none = `DO $$ BEGIN IF EXISTS (SELECT FROM waiting WHERE id IN (${waiting})) OR EXISTS (SELECT FROM waiting_for WHERE child IN (${waiting})) THEN RAISE 'it waits'; END IF; END $$`;
      await expect(asSuperuser(service.database.superuserUrl, none)).resolves.toBeUndefined();
    });

    it('does not let a bad copy of the parent harm the good one, nor what waits for it already', async () => {
      const [declared, sent] = world.chain() as [SignedEvent, SignedEvent];
      const results = await record([badlySigned(declared.event), declared.event, sent.event]);
      expect(told(results)).toEqual(['duplicate', 'accepted', 'accepted']);
      const [other, waits] = world.chain() as [SignedEvent, SignedEvent];
      expect(told(await record([waits.event]))).toEqual(['waiting']);
      expect(told(await record([waits.event, badlySigned(other.event)]))).toEqual([
        'parent-refused',
        'signature-invalid',
      ]);
      expect(told(await record([other.event]))).toEqual(['accepted']);
      expect(told(await record([waits.event]))).toEqual(['duplicate']);
    });

    it('lets what another request sends at the same time wait in its own right', async () => {
      const parent = notAllowed();
      const children = Array.from({ length: 10 }, () => follow(parent));
      const [, ...others] = await Promise.all([
        record([parent.event, follow(parent).event]),
        ...children.map(({ event }) => record([event])),
      ]);
      expect(others.flatMap(told)).toEqual(children.map(() => 'waiting'));
    });
  });

  describe('beyond its limits', () => {
    it('is refused as too large where nothing was begun, and as invalid where there is nothing', async () => {
      const before = await size();
      const many = JSON.stringify(Array.from({ length: 10_001 }, () => ({ event: '' })));
      const refused = await Promise.all([
        send(many),
        send(line('x'.repeat(1024 * 1024)), NDJSON),
        send('', NDJSON),
        send('\n \n', NDJSON),
        send('[]'),
      ]);
      expect(refused.map(({ status, body }) => [status, (JSON.parse(body) as { code: string }).code])).toEqual([
        [413, 'request-too-large'],
        [413, 'request-too-large'],
        [400, 'request-invalid'],
        [400, 'request-invalid'],
        [400, 'request-invalid'],
      ]);
      expect(await size()).toBe(before);
    });

    it('tells what was begun, and last why no more was read', async () => {
      const good = Array.from({ length: 600 }, () => world.declare());
      const lines = [
        ...good.map(({ event }) => line(event)),
        line('x'.repeat(1024 * 1024)),
        line(world.declare().event),
      ];
      const { status, body } = await send(lines.join('\n'), NDJSON);
      const results = resultsOf(body);
      expect(status).toBe(200);
      expect(results.slice(0, -1).map(({ id }) => id)).toEqual(good.map(({ id }) => id));
      expect(new Set(told(results.slice(0, -1)))).toEqual(new Set(['accepted']));
      expect(results.at(-1)).toMatchObject({ status: 'refused', id: null, problem: { code: 'request-too-large' } });
    });

    it('tells 10,000 results of 10,001 lines, though the sender goes on sending', async () => {
      const results = resultsOf(await dribble(Array.from({ length: 10_050 }, () => `${line('')}\n`)));
      expect(results).toHaveLength(10_001);
      expect(told(results.slice(-2))).toEqual(['event-malformed', 'request-too-large']);
    });

    it('refuses a long event among others by itself', async () => {
      const { event } = world.declare();
      const long = `${event.slice(0, -1)}~${'A'.repeat(600_000)}~`;
      expect(told(await record([world.declare().event, long, event]))).toEqual([
        'accepted',
        'event-too-large',
        'accepted',
      ]);
      const { body } = await send([long, world.declare().event].map(line).join('\n'), NDJSON);
      expect(told(resultsOf(body))).toEqual(['event-too-large', 'accepted']);
    });

    /** Sends line by line, and reads only once all is sent. */
    function dribble(lines: string[]): Promise<string> {
      return new Promise((resolve, reject) => {
        const sending = request(`${service.url}/v1/events/batch`, {
          method: 'POST',
          headers: { 'content-type': NDJSON },
        });
        sending.on('error', reject);
        sending.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('end', () => resolve(text));
          response.on('error', reject);
        });
        const some = (): void => {
          const part = lines.splice(0, 50);
          if (part.length === 0) sending.end();
          else sending.write(part.join(''), () => setImmediate(some));
        };
        some();
      });
    }
  });
});
