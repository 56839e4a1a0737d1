import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { PublishedPassport } from '../../../src/server/access/passports.js';
import type { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import type { MakeBundle } from '../../../src/server/provenance/make-bundle.js';
import { PassportEvidence } from '../../../src/server/web/passport/passport-evidence.js';

const passport = { lot: 'x', evidence: true, viewer: { kind: 'everyone' } } as unknown as PublishedPassport;

/** Makes evidence whose bundles nobody reads to the end, and notes what became of each. */
function evidence(): { made: Readable[]; makes: PassportEvidence } {
  const made: Readable[] = [];
  const bundles = {
    make: () => {
      const stream = new Readable({ read: () => undefined });
      stream.on('error', () => undefined);
      made.push(stream);
      return Promise.resolve(stream);
    },
  } as unknown as MakeBundle;
  return {
    made,
    makes: new PassportEvidence(bundles, { requireWhole: () => Promise.resolve() } as unknown as LotRights),
  };
}

describe('the places for evidence of passports', () => {
  it('are two, and one is free again when its reader is done', async () => {
    const { made, makes } = evidence();
    await makes.make(passport);
    await makes.make(passport);
    expect(() => makes.make(passport)).toThrow(/try again shortly/);
    made[0]?.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await makes.make(passport);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
  });

  it('are not kept by readers who are too slow while others wait', async () => {
    const { made, makes } = evidence();
    makes.kept = 50;
    await makes.make(passport);
    await makes.make(passport);
    await new Promise((resolve) => setTimeout(resolve, 60));
    // Nobody waited until now, so nobody was cut off.
    expect(made.map(({ destroyed }) => destroyed)).toEqual([false, false]);
    await makes.make(passport);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    await makes.make(passport);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
    expect(() => makes.make(passport)).toThrow(/try again shortly/);
  });

  it('are free again where a bundle cannot be made', async () => {
    const failing = new PassportEvidence(
      { make: () => Promise.reject(new Error('no')) } as unknown as MakeBundle,
      { requireWhole: () => Promise.resolve() } as unknown as LotRights,
    );
    for (let i = 0; i < 4; i += 1) await expect(failing.make(passport)).rejects.toThrow('no');
  });
});
