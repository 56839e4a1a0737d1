import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSigner } from '../../../src/core/event/build.js';
import type { CheckJob } from '../../../src/server/ledger/check-arrival.js';
import { CheckThreads } from '../../../src/server/ledger/check-threads.js';

const { jwk } = generateSigner('Ed25519').signer;
/** Not a word of it is right, which a thread says; the other no thread survives. */
const checkable: CheckJob = { text: 'a.b.c~', jwk };
const deadly = { text: null, jwk } as unknown as CheckJob;

describe('the threads that check events', () => {
  let threads: CheckThreads;

  beforeEach(() => {
    threads = new CheckThreads('example.org/tin', 2);
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
});
