import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';
import { TestLedger } from '../../support/test-ledger.js';

const AT_ONCE = 6;
const ROUNDS = 20;

describe('appends of one process at one time', () => {
  let ledger: TestLedger;

  beforeAll(async () => {
    ledger = await TestLedger.open();
  });
  afterAll(() => ledger.close());

  it('each give the receipt of their own events, wherever the log has moved meanwhile', async () => {
    const { append } = ledger;
    const plain = append.append.bind(append);
    append.append = (arrivals) => plain(arrivals.map((arrival) => ({ ...arrival, receipt: true })));
    const outputs = [{ mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' } }];
    const declared = { place: { site: 'hill' }, outputs };
    for (let round = 0; round < ROUNDS; round += 1) {
      const all = await Promise.all(
        Array.from({ length: AT_ONCE }, () => ledger.submit('lot.declared', 'coop', declared)),
      );
      for (const outcome of all) {
        if (outcome.status !== 'accepted' || outcome.receipt === null) throw new Error(`no receipt: ${outcome.status}`);
        const [row] = await ledger.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE index = $1', [
          outcome.index,
        ]);
        const leaf = leafHash(row?.jws ?? '', sha256);
        expect(checkTlogProof(outcome.receipt, leaf, ledger.identity.logKeys)).toMatchObject({ ok: true });
      }
    }
  });
});
