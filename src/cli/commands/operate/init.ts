import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Signer, generateSigner } from '../../../core/event/build.js';
import { AditClient } from '../../../client/adit-client.js';
import { recordEvent } from '../../../client/record-event.js';
import type { Config } from '../../../server/operator.js';
import { type Register, terminalOf } from '../../command.js';
import { readSigner } from '../../key-file.js';
import { CommandError, type Terminal } from '../../output/terminal.js';
import { operator } from '../../operator.js';

export const init: Register = (named) => {
  named
    .description(
      'Makes the log key, the service key and the guard where the configuration says. Never replaces any: with --open, a ledger that has them goes on with them.',
    )
    .option('--open', 'also make a registrar key and write entry 0, where there is none', false)
    .option('--registrar-key <file>', 'where the registrar key is, or is made (default: beside the service key)')
    .option('--registrar <id>', 'actor id of the registrar', 'registrar')
    .addHelpText('before', 'Example: adit init --open\n')
    .action(async (options: InitOptions, command) => {
      const terminal = terminalOf(command);
      const config = (await operator()).loadConfig();
      const before = options.open ? (await operator()).initialisedBefore(config) : null;
      const vkey = before?.vkey ?? (await makeKeys(config));
      terminal.say(`${terminal.colour.green('✓')} log key         ${config.logKeyFile}`);
      terminal.say(`${terminal.colour.green('✓')} service key     ${config.serviceKeyFile}`);
      terminal.say(`${terminal.colour.green('✓')} guard           ${config.guardFile}`);
      terminal.say(
        `${terminal.colour.green('✓')} operator token  ${config.operatorTokenFile}, with which adit signs in on this machine`,
      );
      terminal.say(`\nWhat buyers pin: ${vkey}`);
      const registrarKey = options.registrarKey ?? join(dirname(config.serviceKeyFile), 'registrar.jwk');
      if (options.open) await open({ ...options, registrarKey }, terminal);
      else terminal.say('\nNext: adit serve, and then open the ledger (or use --open).');
      terminal.result({ logKey: vkey, opened: options.open, operatorTokenFile: config.operatorTokenFile });
    });
};

interface InitOptions {
  open: boolean;
  registrarKey?: string;
  registrar: string;
}

async function makeKeys(config: Config): Promise<string> {
  const { KeyFileError, initialise } = await operator();
  try {
    for (const file of [config.logKeyFile, config.serviceKeyFile, config.guardFile])
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return initialise(config).vkey;
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new CommandError(
      error.message,
      'A ledger is initialised once. To begin another, name other files (adit config check).',
    );
  }
}

async function open(options: Required<InitOptions>, terminal: Terminal): Promise<void> {
  const { JsonLogger, loadConfig, startServer } = await operator();
  const free = loadConfig(undefined, { PORT: '0', ADIT_ROLE: 'all' });
  const server = await startServer(free, { logger: new JsonLogger('error') });
  try {
    const client = new AditClient(server.url);
    const { opened, logKey, serviceKey } = await client.ledger();
    if (opened) terminal.say(`${terminal.colour.green('✓')} open already`);
    else {
      const signer = registrarSigner(options.registrarKey, options.registrar);
      const body = { logKey, serviceKey, registrar: { actor: options.registrar, key: signer.jwk } };
      await recordEvent(client, { type: 'ledger.opened', iss: options.registrar, body }, signer);
      terminal.say(
        `${terminal.colour.green('✓')} opened by ${options.registrar}, whose key is ${options.registrarKey}`,
      );
    }
  } finally {
    await server.close();
  }
  terminal.say('\nNext: adit serve');
}

/** Reads the registrar's key from its file; creates the file if there is none. */
function registrarSigner(file: string, actor: string): Signer {
  const { privateJwk } = generateSigner('Ed25519');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify({ ...privateJwk, adit: { actor } })}\n`, { mode: 0o600, flag: 'wx' });
  } catch {
    // The file exists already and is used.
  }
  return readSigner(file);
}
