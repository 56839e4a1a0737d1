import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { countOf } from '../../../core/words.js';
import { type Register, terminalOf } from '../../command.js';
import { operator } from '../../operator.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';

/** Shows a progress bar for each task in turn. */
function progressOf(terminal: Terminal): (what: string, done: number, size: number) => void {
  let bar: { what: string; show(done: number): void } | null = null;
  return (what, done, size) => {
    if (bar?.what !== what) bar = { what, show: terminal.progress(what, size) };
    bar.show(done);
  };
}

/** Runs work and explains a `BackupError`. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  const { BackupError } = await operator();
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw new CommandError(error.message, error.advice, error.reason === 'broken' ? EXIT.broken : EXIT.error);
  }
}

/** Returns the default file name of a backup, with the present time. */
const standardName = (): string => `adit-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.backup`;

const sizeText = (file: string): string => `${Math.ceil(statSync(file).size / 1_000)} kB`;

export const backup: Register = (named) => {
  named
    .description(
      'Writes everything the ledger holds into one file, reads the file again and checks it against the signed checkpoint. Works while "adit serve" runs. Keys, secret and guard are not in it: keep them elsewhere. Without the secret (ADIT_SECRET_FILE) the file can be neither restored nor read for what was disclosed.',
    )
    .argument('[file]', 'where to (default: adit-TIME.backup here)')
    .addHelpText('before', 'Example: adit backup /backups/monday.backup\n')
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const terminal = terminalOf(command);
      const file = given ?? standardName();
      const { backUp, loadConfig } = await operator();
      const { header, rows } = await inWords(() => backUp(loadConfig(), file, progressOf(terminal)));
      terminal.say(
        `${terminal.colour.green('VERIFIED')}: ${file}, ${countOf(header.size, 'entry', 'entries')}, ${sizeText(file)}`,
      );
      terminal.say(`Try it: adit restore ${file} --check`);
      terminal.result({ file, origin: header.origin, entries: header.size, rows, createdAt: header.createdAt });
    });
};

interface RestoreOptions {
  check: boolean;
  toRead: boolean;
}

export const restore: Register = (named) => {
  named
    .description(
      'Checks a backup, writes it into the empty database of the configuration, and audits what it wrote: hashes, signatures, tree, checkpoints, and everything derived, rebuilt from the log. Refuses a backup that is older than what was signed, by the guard of this machine: going on from it would fork the log.',
    )
    .argument('<file>', 'as "adit backup" wrote it')
    .option('--check', 'only check the file, and restore nothing', false)
    .option('--to-read', 'restore also what must not be signed on: the ledger can be read, and signs nothing', false)
    .addHelpText('before', 'Example: ADIT_DATA_DIR=/var/lib/adit-new adit restore monday.backup\n')
    .action(async (file: string, { check, toRead }: RestoreOptions, command: Command) => {
      const terminal = terminalOf(command);
      const pace = progressOf(terminal);
      const service = await operator();
      const config = service.loadConfig();
      if (check) {
        const { header, rows } = await inWords(() => service.inspectBackup(config, file, pace));
        terminal.say(
          `${terminal.colour.green('VERIFIED')}: ${countOf(header.size, 'entry', 'entries')} of ${header.origin}, ${header.createdAt}`,
        );
        terminal.result({ file, origin: header.origin, entries: header.size, rows, createdAt: header.createdAt });
        return;
      }
      const restored = await inWords(() => service.restore(config, file, { toRead, pace }));
      const { faults } = await service.auditNow(config, 'everything', pace);
      const unexpected =
        restored.silent === null ? faults : faults.filter(({ rule }) => rule !== 'record-backup-restored');
      for (const { detail } of unexpected) terminal.say(`${terminal.colour.red('✗')} ${detail}`);
      const good = unexpected.length === 0;
      terminal.say(
        good
          ? `${terminal.colour.green('VERIFIED')}: ${countOf(restored.entries, 'entry', 'entries')} restored, as of ${restored.createdAt}`
          : `${terminal.colour.red('BROKEN')}: ${countOf(unexpected.length, 'fault')}. Do not serve this database; restore another backup into a new one.`,
      );
      if (restored.silent !== null) terminal.say(`It signs nothing: ${restored.silent}`);
      else if (good) terminal.say('Start it with: adit serve');
      terminal.result({ ...restored, faults: unexpected });
      if (!good) terminal.endWith(EXIT.broken);
    });
};
