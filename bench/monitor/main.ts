import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { bareVerification } from '../limits.js';
import { openMonitor } from '../../src/server/operator.js';
import { postBatches } from '../load.js';
import { startService } from '../service.js';
import { Chains } from '../verification/chains.js';

/**
 * Measures a monitor that reads another party's log of so many entries (`--entries 20000`): entries fetched, checked,
 * admitted and written; and in a second reading also judged by every rule and compared with the sealed index. The
 * ledger runs on the same machine. The limit is bare Ed25519 verification on one thread in the same run.
 */

const at = process.argv.indexOf('--entries');
const entries = at < 0 ? 20_000 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(entries) || entries < 1_000) throw new Error('--entries takes a number of 1,000 or more.');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const service = await startService({ ADIT_ROLE: 'api', ADIT_ENTRY_BUNDLES: 'on' });
const folder = mkdtempSync(join(tmpdir(), 'adit-bench-monitor-'));
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const chains = await Chains.open(service.url, 50);
  for (let number = 0; number < entries; number += 10_000) {
    const count = Math.min(10_000, entries - number);
    const events = Array.from({ length: count }, (_, i) => chains.declare(number + i).text);
    await postBatches(service.url, events, 1_000, 1);
  }
  await (await fetch(`${service.url}/v1/lots/${crypto.randomUUID()}/bundle?sealed=now`)).text();
  const { logKey } = (await (await fetch(`${service.url}/v1/ledger`)).json()) as { logKey: string };
  const limit = bareVerification();
  say(`  limit: ${limit.toFixed(0)} bare Ed25519 verifications a second on one thread`);
  for (const judges of [false, true]) {
    const monitor = await openMonitor({
      url: service.url,
      logKeys: [logKey],
      policy: null,
      token: null,
      folder: join(folder, String(judges)),
      database: null,
      staleAfter: Number.MAX_SAFE_INTEGER,
      threads: 2,
      judges,
      progress: () => undefined,
    });
    const started = performance.now();
    const { size, alarms } = await monitor.look();
    const rate = size / ((performance.now() - started) / 1_000);
    const what = judges
      ? 'and judged by every rule, sealed index reckoned'
      : 'fetched, checked, admitted again and written';
    const ratio = ((100 * rate) / limit).toFixed(0);
    say(`  ${what}: ${rate.toFixed(0)} a second, ${ratio} % of the limit`);
    say(`    ${size} entries, ${alarms.length} alarms, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`);
    await monitor.close();
  }
} finally {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}
