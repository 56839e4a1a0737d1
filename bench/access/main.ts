import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { startService } from '../service.js';
import { say } from '../table.js';
import { measureCost } from './cost.js';
import { fillOf } from './fill.js';
import { listsOf, mayRead, statementsOf, viewers } from './lists.js';
import { Explainer } from './plans.js';

/**
 * Measures what access control costs in a ledger of so many lots (`--lots 300000`), filled by SQL with statistics gathered: the plan of every
 * list of every kind of viewer, with row-level security and without it (`--plans` alone); and append, report and list beside a service
 * that is open and writes no parties of lots (`--cost` alone), pair by pair in turns (`--rounds 40`).
 */

function numberAfter(option: string, otherwise: number, least: number): number {
  const at = process.argv.indexOf(option);
  const number = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${option} takes a number of ${least} or more.`);
}

const lots = numberAfter('--lots', 300_000, 3_000);
const rounds = numberAfter('--rounds', 40, 1);

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

/** Fills a ledger and explains its lists. Returns whether all are as they must be. */
async function measurePlans(): Promise<boolean> {
  const service = await startService();
  try {
    const owner = new pg.Client({ connectionString: service.databaseUrl });
    await owner.connect();
    const began = performance.now();
    await owner.query(fillOf(lots));
    await owner.end();
    say(`${lots} lots in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    return (await explainLists({ url: service.appUrl, ownerUrl: service.databaseUrl })) === 0;
  } finally {
    await service.stop();
  }
}

say(
  `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const isGood = [
  process.argv.includes('--cost') || (await measurePlans()),
  process.argv.includes('--plans') || (await measureCost(lots, rounds)),
];
if (isGood.includes(false)) process.exitCode = 1;
