import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkTlogProof } from '../../src/core/log/proof-file.js';
import { leafHash } from '../../src/core/log/tree.js';
import { asSuperuser, testDatabase } from '../support/database.js';
import { ForgedLog } from '../support/forged-log.js';
import { Forger } from '../support/forger.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type Ran, runAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

describe('adit audit URL', () => {
  let folder: string;
  let server: TestServer;
  let world: HonestWorld;
  let logKey: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-cli-'));
    server = await startTestServer();
    world = await HonestWorld.open(server.url);
    logKey = String((await get(server.url, '/v1/ledger')).body.logKey);
    for (const { event } of world.chain()) expect((await post(server.url, event)).status).toBe(201);
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const audit = (...args: string[]): Promise<Ran> => auditOf(server.url, logKey, 'watched', ...args);

  const auditOf = (url: string, key: string, state: string, ...args: string[]): Promise<Ran> =>
    runAdit(folder, ['audit', url, '--log-key', key, '--once', '--state', state, ...args]);

  it('reads the whole ledger into a database that it starts for itself and finds it consistent', async () => {
    const { code, out } = await audit();
    expect(out).toMatch(/ entries: CONSISTENT\n$/);
    expect(code).toBe(0);
  });

  it('goes on where it was, and convicts an operator who has changed an entry since', async () => {
    const { event, id } = world.declare();
    expect((await post(server.url, event)).status).toBe(201);
    await asSuperuser(
      server.database.superuserUrl,
      `SET session_replication_role = replica; UPDATE entries SET jws = jws || 'A' WHERE id = '${id}'`,
    );
    const { code, out } = await audit('--json');
    expect(JSON.parse(out)).toMatchObject({
      alarms: [{ kind: 'bad-entry', proof: null, evidence: expect.any(String) }],
    });
    expect(code).toBe(3);
  });

  it('convicts a ledger of a wrong index again and again, and keeps what shows it to others', async () => {
    const forger = await Forger.open();
    const tin = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } };
    const { lots } = await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin] });
    const held = await forger.write('agent', 'lot.held', { lots, ground: 'seizure' });
    const sealed = await forger.seal([held.index]);
    await forger.clock();
    const log = new ForgedLog(forger);
    const url = await log.start();
    const database = await testDatabase();
    try {
      for (let round = 0; round < 2; round += 1) {
        const given = ['--database', database.superuserUrl];
        const { code, out } = await auditOf(url, forger.log.vkey, 'forged', ...given);
        expect(out).toContain(`index-differs: Entry ${sealed}`);
        expect(code).toBe(3);
      }
    } finally {
      log.stop();
      await database.drop();
    }
    const evidence = join(folder, 'forged', 'evidence');
    const kept = readdirSync(evidence);
    expect(kept.map((name) => name.replace(/^.*\./, '')).toSorted()).toEqual(['json', 'jws', 'tlog-proof']);
    const [proof = ''] = kept.filter((name) => name.endsWith('.tlog-proof'));
    const [jws = ''] = kept.filter((name) => name.endsWith('.jws'));
    const entry = readFileSync(join(evidence, jws), 'utf8');
    const checked = checkTlogProof(readFileSync(join(evidence, proof), 'utf8'), leafHash(entry), [forger.log.vkey]);
    expect(checked).toMatchObject({ ok: true, index: sealed });
  });
});
