import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { startService } from '../service.js';
import { say } from '../table.js';
import { fillOf } from './fill.js';
import { listsOf, mayRead, statementsOf, viewers } from './lists.js';
import { Explainer } from './plans.js';

/**
 * Measures what access control costs in a ledger of so many lots (`--lots 300000`), filled by SQL: the plan of every list of every kind of
 * viewer, with row-level security and without it.
 */

const at = process.argv.indexOf('--lots');
const lots = at < 0 ? 300_000 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(lots) || lots < 3_000) throw new Error('--lots takes a number of 3,000 or more.');

/** Explains every list of every viewer, prints what is dear, and returns how many lists do what they must not. */
async function explainLists(urls: { url: string; ownerUrl: string }): Promise<number> {
  const explainer = await Explainer.open(urls);
  const counts = { good: 0, dearer: 0, faulty: 0 };
  say('| list | viewer | blocks | without policies | ms | without | |');
  for (const [name, list] of listsOf(lots))
    for (const [who, viewer] of viewers)
      for (const statement of await statementsOf(viewer, list)) {
        const { policed, open } = await explainer.explain(viewer, statement);
        const allowed = mayRead(name, who, policed.blocks, open.blocks);
        const isFaulty = allowed === null || policed.faults.length > 0;
        counts[isFaulty ? 'faulty' : allowed === 'required' ? 'good' : 'dearer'] += 1;
        const said = isFaulty
          ? `FAIL ${policed.faults.join(' ')}`
          : allowed === 'required'
            ? 'pass'
            : `dearer: ${allowed}`;
        say(
          `| ${name} | ${who} | ${policed.blocks} | ${open.blocks} | ${policed.time.toFixed(1)} | ${open.time.toFixed(1)} | ${said} |`,
        );
      }
  await explainer.close();
  say(
    `${counts.good} lists as required, ${counts.dearer} dearer for a known reason, ${counts.faulty} not as they must be`,
  );
  return counts.faulty;
}

const service = await startService();
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const owner = new pg.Client({ connectionString: service.databaseUrl });
  await owner.connect();
  const began = performance.now();
  await owner.query(fillOf(lots));
  await owner.end();
  say(`${lots} lots in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  if ((await explainLists({ url: service.appUrl, ownerUrl: service.databaseUrl })) > 0) process.exitCode = 1;
} finally {
  await service.stop();
}
