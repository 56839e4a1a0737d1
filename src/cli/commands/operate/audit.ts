import type { Command } from 'commander';
import type { AuditScope } from '../../../server/operator.js';
import { countOf, figuresOf } from '../../../core/words.js';
import { type Register, gathered, serverAddress, terminalOf } from '../../command.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { type MonitorSettings, monitorLedger } from '../../monitor.js';
import { operator } from '../../operator.js';

interface Options extends MonitorSettings {
  lot?: string;
  site?: string;
}

function scopeOf({ lot, site }: Options): AuditScope {
  if (lot !== undefined && site !== undefined)
    throw new CommandError('--lot and --site were both given.', 'Audit one or the other.', EXIT.usage);
  if (lot !== undefined) return { lot };
  return site === undefined ? 'everything' : { site };
}

export const audit: Register = (named) => {
  named
    .description(
      'Hashes and verifies every stored entry again, rebuilds everything from the log and compares. With --lot or --site only what touched those lots and what they were made of, which takes as long as their history and not as the ledger. Changes nothing. With URL it is a monitor of the ledger that answers there, and trusts nothing that it says: it reads every entry into a database of its own, admits and judges it again, reckons the sealed indexes, compares with the witnesses of the policy, and goes on as the log grows.',
    )
    .argument('[url]', "of somebody else's ledger", serverAddress)
    .option('--lot <lot>', 'this lot (id, first 8 characters, tag or lot number), with all that it was made of')
    .option('--site <id>', 'the lots declared at this site')
    .option(
      '--log-key <vkey>',
      'with URL: the verifier key of the log, from somebody you trust; may be given again',
      gathered,
      [],
    )
    .option('--policy <file>', 'with URL: a C2SP policy, with witnesses to compare with')
    .option(
      '--token <token>',
      'with URL: with the scope monitor, where entries are not public (default: ADIT_TOKEN, if URL is ADIT_SERVER)',
    )
    .option('--state <folder>', 'with URL: where the monitor keeps what it has read', '.adit/monitor')
    .option('--database <url>', 'with URL: a PostgreSQL that is its alone; otherwise one is started in the folder')
    .option('--once', 'with URL: end once it has caught up', false)
    .option('--interval <seconds>', 'with URL: between two looks', '30')
    .option('--stale-hours <hours>', "with URL: how old the log's own time may be", '3')
    .addHelpText('before', 'Example: adit audit\n         adit audit https://ledger.example.org --policy policy.txt\n')
    .action((url: string | undefined, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      return url === undefined ? auditStored(options, terminal) : monitorLedger(url, options, terminal);
    });
};

async function auditStored(options: Options, terminal: Terminal): Promise<void> {
  let bar: { what: string; show(done: number): void } | null = null;
  const { auditNow, loadConfig } = await operator();
  const audited = await auditNow(loadConfig(), scopeOf(options), (what, done, size) => {
    if (bar?.what !== what) bar = { what, show: terminal.progress(what, size) };
    bar.show(done);
  });
  for (const { detail } of audited.faults) terminal.say(`${terminal.colour.red('✗')} ${figuresOf(detail)}`);
  terminal.result(audited);
  const lots = audited.lots === null ? '' : ` of ${countOf(audited.lots, 'lot')}`;
  const read = `${countOf(audited.entries, 'entry', 'entries')}${lots}`;
  terminal.say(
    audited.faults.length === 0
      ? `${terminal.colour.green('INTACT')}: ${read}`
      : `${terminal.colour.red('BROKEN')}: ${countOf(audited.faults.length, 'fault')} in ${read}`,
  );
  if (audited.faults.length > 0) terminal.endWith(EXIT.broken);
}
