import { type Register, terminalOf } from '../../command.js';
import { operator } from '../../operator.js';
import { CommandError, EXIT } from '../../output/terminal.js';

const kinds = ['log', 'service'] as const;
type Kind = (typeof kinds)[number];

/** For each kind of key: the setting of further keys, and the claim of the new one in `ledger.updated`. */
const places: Record<Kind, { setting: string; own: string; claim: string }> = {
  log: { setting: 'ADIT_OTHER_LOG_KEY_FILES', own: 'ADIT_LOG_KEY_FILE', claim: 'logKey' },
  service: { setting: 'ADIT_OTHER_SERVICE_KEY_FILES', own: 'ADIT_SERVICE_KEY_FILE', claim: 'serviceKey' },
};

export const rotate: Register = (named) => {
  named
    .description(
      'Writes a new private key to FILE and says what is left to do. Nothing changes until the root registrar has signed ledger.updated with the new public key.',
    )
    .argument('<kind>', 'log or service')
    .argument('<file>', 'which must not exist yet; outside ADIT_DATA_DIR')
    .addHelpText('before', 'Example: adit rotate log .adit/keys/log-2027.key\n')
    .action(async (kind: string, file: string, _options: unknown, command) => {
      const terminal = terminalOf(command);
      const chosen = kinds.find((known) => known === kind);
      if (chosen === undefined)
        throw new CommandError(`There is no key called ${kind}.`, 'It is log or service.', EXIT.usage);
      const { setting, own, claim } = places[chosen];
      const body = { [claim]: await makeKey(chosen, file) };
      terminal.say(`${terminal.colour.green('✓')} private key in ${file}; the service alone should be able to read it`);
      terminal.say(`\nNext, in this order:`);
      terminal.say(`1. Add ${file} to ${setting}, and restart every process of the service.`);
      terminal.say(`2. The root registrar signs this as update.json:\n   ${JSON.stringify(body)}`);
      terminal.say('   adit record ledger.updated update.json --key registrar.jwk --as registrar');
      terminal.say(
        `3. When nobody relies on the old key alone any more, ${file} becomes ${own}, and ${setting} is emptied.`,
      );
      terminal.result({ file, update: body });
    });
};

async function makeKey(kind: Kind, file: string): Promise<unknown> {
  const { KeyFileError, createLogKey, createServiceKey, loadConfig } = await operator();
  try {
    return kind === 'log' ? createLogKey(file, loadConfig().origin) : createServiceKey(file);
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new CommandError(error.message, 'Name a file that does not exist yet.');
  }
}
