import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeLedger } from '../../../src/server/ledger/read/describe-ledger.js';
import { loadLedgerInfo } from '../../../src/server/registry/registry-rows.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let stored: string;

beforeAll(async () => {
  ledger = await TestLedger.open();
  const [row] = await ledger.database.rows<{ keys: string }>('SELECT log_keys::text AS keys FROM ledger_info');
  stored = row?.keys ?? '';
});
afterAll(() => ledger.close());

const put = (keys: string): Promise<number> => ledger.tamper('UPDATE ledger_info SET log_keys = $1::jsonb', [keys]);

describe('the stored keys of the log', () => {
  it.each(['{"x":1}', 'null', '[]', '7', '[null]', '[{"vkey":7,"from":0}]', '[{"vkey":"x"}]'])(
    'damaged as %s halt what needs them, and the audit names them',
    async (keys) => {
      const describing = new DescribeLedger(ledger.database, ledger.identity);
      const halted = expect.objectContaining({ code: 'log-halted' });
      try {
        await put(keys);
        await expect(loadLedgerInfo(ledger.database)).rejects.toEqual(halted);
        await expect(describing.describe()).rejects.toEqual(halted);
        await expect(describing.keys()).rejects.toEqual(halted);
        await ledger.auditor().audit();
        expect(await ledger.outcome.whyDegraded()).toContain('Table ledger_info single=true: stored log_keys');
      } finally {
        await put(stored);
      }
      expect(await describing.describe()).toMatchObject({ opened: true, logKey: ledger.identity.firstLogKey });
    },
  );
});
