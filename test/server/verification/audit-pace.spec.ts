import { describe, expect, it } from '@jest/globals';
import { type Progress, restFor } from '../../../src/server/verification/audit/audit-pace.js';

const at = (progress: Partial<Progress>): number =>
  restFor({ worked: 100, elapsed: 1_000, allowed: 240_000, share: 0.5, busy: false, ...progress });

describe('the rest of a scheduled audit', () => {
  it('spreads the audit over its time, without making a small ledger wait', () => {
    expect(at({ elapsed: 119_650 })).toBe(350);
    expect(at({})).toBe(400);
  });

  it('is as long as the work where the audit is late, so that the audit of a busy ledger ends, and keeps no core busy', () => {
    expect(at({ elapsed: 200_000 })).toBe(100);
    expect(at({ elapsed: 200_000, busy: true })).toBe(100);
  });

  it('is none where the audit goes as fast as it can, except while events stream in', () => {
    expect(at({ allowed: 0 })).toBe(0);
    expect(at({ allowed: 0, busy: true })).toBe(100);
  });
});
