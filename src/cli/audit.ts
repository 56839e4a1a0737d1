import type { AuditScope } from '../server/operator.js';
import { type Register, terminalOf } from './commands.js';
import { CommandError, EXIT } from './terminal.js';
import { operator } from './operator.js';

interface Options {
  lot?: string;
  site?: string;
}

function scopeOf({ lot, site }: Options): AuditScope {
  if (lot !== undefined && site !== undefined)
    throw new CommandError('--lot and --site were both given.', 'Audit one or the other.', EXIT.usage);
  if (lot !== undefined) return { lot };
  return site === undefined ? 'everything' : { site };
}

export const audit: Register = (program) => {
  program
    .command('audit')
    .summary('check the stored ledger now: everything, a lot, or a site')
    .description(
      'Hashes and verifies every stored entry again, rebuilds everything from the log and compares. With --lot or --site only what touched those lots and what they were made of, which takes as long as their history and not as the ledger. Changes nothing.',
    )
    .option('--lot <id>', 'this lot, with all that it was made of')
    .option('--site <id>', 'the lots declared at this site')
    .action(async (options: Options, command) => {
      const terminal = terminalOf(command);
      let bar: { what: string; show(done: number): void } | null = null;
      const { auditNow, loadConfig } = await operator();
      const audited = await auditNow(loadConfig(), scopeOf(options), (what, done, size) => {
        if (bar?.what !== what) bar = { what, show: terminal.progress(what, size) };
        bar.show(done);
      });
      for (const { detail } of audited.faults) terminal.say(`${terminal.colour.red('✗')} ${detail}`);
      terminal.result(audited);
      const lots = audited.lots === null ? '' : ` of ${audited.lots} lots`;
      terminal.say(
        audited.faults.length === 0
          ? `${terminal.colour.green('INTACT')}: ${audited.entries} entries${lots}`
          : `${terminal.colour.red('BROKEN')}: ${audited.faults.length} faults in ${audited.entries} entries${lots}`,
      );
      if (audited.faults.length > 0) process.exitCode = EXIT.broken;
    });
};
