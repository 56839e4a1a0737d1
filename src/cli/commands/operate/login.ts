import type { Command } from 'commander';
import { type Register, terminalOf, withServer } from '../../command.js';
import { clientOf, signedInClientOf } from '../../sign-in.js';

export const login: Register = (named) => {
  withServer(named)
    .description(
      'Signs in as other commands do, and shows who you are to the ledger. With --link, prints a link by which a browser signs in as the operator: once, within 15 minutes.',
    )
    .option('--link', 'print a link for a browser (operator)', false)
    .addHelpText('before', 'Example: adit login --key coop.jwk\n')
    .action(async ({ link }: { link: boolean }, command: Command) => {
      const terminal = terminalOf(command);
      if (link) {
        const made = await clientOf(command).signInLink();
        terminal.say(`${made.url}\nIt works once, until ${made.until}.`);
        terminal.result(made);
        return;
      }
      const session = await signedInClientOf(command).session();
      const { kind, actor, scopes } = session;
      terminal.say(kind === 'actor' ? `You are ${actor ?? ''}.` : (meanings[kind] ?? kind));
      if (scopes.length > 0) terminal.say(`You may: ${scopes.join(', ')}`);
      terminal.result(session);
    });
};

const meanings: Readonly<Record<string, string>> = {
  operator: 'You are the operator of this ledger.',
  everyone: 'This ledger is open: it distinguishes no readers (ADIT_ACCESS=open).',
  nobody: 'You are not signed in: give --key FILE, or set ADIT_TOKEN.',
};
