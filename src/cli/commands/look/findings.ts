import type { Command } from 'commander';
import { severities } from '../../../core/rules/engine/rule.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { oneOf } from '../../input/did-you-mean.js';
import { namedLot } from '../../named-lot.js';
import { showFinding } from '../../output/alert-lines.js';
import { type ListOptions, limitOf, withLimit } from '../../output/list.js';
import { clientOf } from '../../sign-in.js';

/** Statuses of a finding, and all of them. */
const STATUSES = ['open', 'explained', 'mitigated', 'dismissed', 'closed', 'all'];

interface Options extends ListOptions {
  server: string;
  lot?: string;
  rule?: string;
  status?: string;
  severity?: string;
}

export const findings: Register = (named) => {
  withLimit(withServer(named))
    .description(
      'Lists what the rules found, the newest first: those that are open, unless a status is named. Alerts stand for findings of one cause; "adit alerts" is the shorter list.',
    )
    .option('--lot <lot>', 'on this lot: id, first 8 characters, tag or lot number')
    .option('--rule <rule>', 'of this rule, such as tag-reused')
    .option('--status <status>', STATUSES.join(', '), oneOf(STATUSES))
    .option('--severity <severity>', severities.join(', '), oneOf(severities))
    .addHelpText('before', 'Example: adit findings --lot RW-A000001\n')
    .action(async ({ lot, rule, severity, status = 'open', ...page }: Options, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const limit = limitOf(page);
      const asked = {
        ...(lot === undefined ? {} : { lot: (await namedLot(client, lot)).id }),
        ...(rule === undefined ? {} : { rule }),
        ...(severity === undefined ? {} : { severity }),
        ...(status === 'all' ? {} : { status }),
      };
      let shown = 0;
      for await (const finding of client.findings(asked)) {
        if (shown === limit) {
          terminal.note(`There are more than ${limit}: add --limit ${limit * 2}, or --all.`);
          return;
        }
        showFinding(terminal, finding);
        shown += 1;
      }
      if (shown === 0) terminal.note(status === 'all' ? 'Nothing was found.' : `No finding is ${status}.`);
    });
};
