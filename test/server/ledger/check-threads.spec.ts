import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Signer, buildEvent, generateSigner, outputLotIds, randomToken } from '../../../src/core/event/build.js';
import type { CheckJob } from '../../../src/server/ledger/intake/check-event.js';
import { CheckThreads } from '../../../src/server/ledger/intake/check-threads.js';

const LOG = 'example.org/tin';
const { jwk } = generateSigner('Ed25519').signer;
/** Not a word of it is right, which a thread says; the other no thread survives. */
const checkable: CheckJob = { text: 'a.b.c~', jwk };
const deadly = { text: null, jwk } as unknown as CheckJob;

describe('the threads that check events', () => {
  let threads: CheckThreads;

  beforeEach(() => {
    threads = new CheckThreads(LOG, 2);
  });
  afterEach(() => threads.close());

  it('answer for every event when one of them dies, and another takes its place', async () => {
    for (let round = 0; round < 3; round += 1) {
      const jobs = Array.from({ length: 400 }, (_, i) => (i === 100 ? deadly : checkable));
      const ends = await Promise.allSettled(jobs.map((job) => threads.check(job)));
      const lost = ends.filter((end) => end.status === 'rejected');
      expect(lost.length).toBeGreaterThan(0);
      // Only what was with that thread: a message at work and one before it.
      expect(lost.length).toBeLessThanOrEqual(128);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: 'overloaded' });
      for (const end of ends)
        if (end.status === 'fulfilled') expect(end.value).toMatchObject({ error: { code: 'event-malformed' } });
    }
    expect(await threads.check(checkable)).toMatchObject({ error: { code: 'event-malformed' } });
  });

  it.each([
    ['T-1', null],
    ['T-1 ', { code: 'schema-invalid', errors: [{ pointer: '/outputs/0/tags/0', code: 'schema-invalid' }] }],
  ])('say of an event with the tag "%s" what is wrong with its identifiers', async (tag, identifierError) => {
    const { text, signer } = await declared(tag);
    expect(await threads.check({ text, jwk: signer.jwk })).toMatchObject({ error: null, identifierError });
  });
});

async function declared(tag: string): Promise<{ text: string; signer: Signer }> {
  const { signer } = generateSigner('Ed25519');
  const jti = randomToken();
  const output = { mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' }, tags: [tag] };
  const claims = { log: LOG, type: 'lot.declared', iss: 'coop', jti, iat: 1_790_000_000 };
  const place = { site: 'hill' };
  const outputs = [{ lot: outputLotIds(LOG, 'coop', jti, 1)[0], ...output }];
  const { event } = await buildEvent({ ...claims, occurredAt: '2026-09-21T10:00:00Z', place, outputs }, signer);
  return { text: event, signer };
}
