import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CollectCosignatures } from '../../src/server/transparency/witnesses/collect-cosignatures.js';
import { get } from '../support/outside-client.js';
import { Restorable } from '../support/restorable.js';
import type { TestServer } from '../support/running-server.js';
import { whole } from '../support/rounds.js';
import { TestWitness } from '../support/test-witness.js';

const OLDER = 'an older copy of the database was restored';
const OTHER = 'this is not the log that was signed';

const cosigned = ({ server }: TestServer): Promise<void> =>
  server.app.get(CollectCosignatures, { strict: false }).collect();

describe('a copy of the database that is put back', () => {
  let ledger: Restorable;

  beforeAll(async () => {
    ledger = await Restorable.start({ ADIT_ROLE: 'api' });
  });

  afterAll(() => ledger.remove());

  it('is signed on if nothing was signed since it was taken', async () => {
    await ledger.putBack();
    await ledger.record(1);
    expect((await get(ledger.service.url, '/log/checkpoint')).status).toBe(200);
  });

  it('is noticed if the log had grown: by a service that runs on while it is put back, and by one that starts on it', async () => {
    await ledger.record(3);
    await ledger.replaceDatabase();
    await ledger.expectHalted(OLDER);
    await ledger.service.server.close();
    ledger.forgetEvidence();
    ledger.service = await ledger.service.restart();
    await ledger.expectHalted(OLDER);
  });

  (whole ? it : it.skip)(
    'is not signed even if it has grown past what was signed, under a guard of its own',
    async () => {
      await ledger.reset();
      await ledger.record(3);
      await ledger.service.server.close();
      const guard = readFileSync(ledger.service.config.guardFile, 'utf8');
      await ledger.replaceDatabase();
      // Somebody who holds the keys lets the copy grow elsewhere, with a guard that knows no better.
      await ledger.blindGuard();
      ledger.service = await ledger.service.restart();
      await ledger.record(6);
      await ledger.service.server.close();
      writeFileSync(ledger.service.config.guardFile, guard);
      ledger.service = await ledger.service.restart();
      await ledger.expectHalted(OTHER);
    },
  );
});

(whole ? describe : describe.skip)('a copy of the database that is put back together with its guard', () => {
  let witness: TestWitness;
  let ledger: Restorable;

  beforeEach(async () => {
    witness = new TestWitness('north');
    await witness.start();
    ledger = await Restorable.start((vkey) => {
      const file = join(witness.folder, 'policy.txt');
      writeFileSync(file, `log ${vkey}\n${witness.line}\nquorum north\n`);
      witness.store.add(vkey);
      return { ADIT_POLICY_FILE: file, ADIT_ROLE: 'api' };
    }, cosigned);
  });

  afterEach(async () => {
    await ledger.remove();
    await witness.remove();
  });

  it('is not signed, because a witness remembers', async () => {
    const { guardFile } = ledger.service.config;
    const guard = readFileSync(guardFile, 'utf8');
    await ledger.record(3);
    await cosigned(ledger.service);
    await ledger.service.server.close();
    writeFileSync(guardFile, guard);
    await ledger.putBack();
    await ledger.expectHalted(OLDER);
  });
});
