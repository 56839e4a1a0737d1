import type { Command } from 'commander';
import { readCheckpoint } from '../../../core/log/checkpoint.js';
import { type Register, terminalOf } from '../../command.js';
import { countOf } from '../../../core/words.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import { WitnessStore, initWitness } from '../../witness/witness-store.js';

const MAX_PORT = 65_535;

interface ServeOptions {
  host: string;
  port: string;
}

export const witness: Register = (group) => {
  group.addHelpText(
    'before',
    'Example: adit witness init w example.org/w1; adit witness add w KEY; adit witness serve w\n',
  );
  group
    .command('init')
    .summary('make the key of a new witness')
    .addHelpText('before', 'Example: adit witness init witness example.org/witness\n')
    .argument('<folder>', 'where the witness keeps its key and what it cosigned; made if it is not there')
    .argument('<name>', 'what policies call its key, such as example.org/witness')
    .action((folder: string, name: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const vkey = initWitness(folder, name);
      terminal.say(`${terminal.colour.green('✓')} key in ${folder}; every holder of it can sign as the witness`);
      terminal.say(`verifier key, for policies: ${vkey}`);
      terminal.result({ folder, vkey });
    });
  group
    .command('add')
    .summary('watch a log, or trust another key of one')
    .addHelpText('before', 'Example: adit witness add witness "example.org/tin+530eaa4c+AdZ/…"\n')
    .argument('<folder>', 'of the witness')
    .argument('<vkey>', "the log's verifier key, from its operator")
    .action((folder: string, vkey: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const origin = new WitnessStore(folder).add(vkey);
      terminal.say(`${terminal.colour.green('✓')} watches ${origin}`);
      terminal.result({ origin });
    });
  group
    .command('serve')
    .summary('answer the logs until a signal stops it')
    .addHelpText('before', 'Example: adit witness serve witness\n')
    .argument('<folder>', 'of the witness')
    .option('--host <address>', 'to listen on', '127.0.0.1')
    .option('--port <number>', 'to listen on; 0 takes a free one', '8500')
    .action(serve);
};

async function serve(folder: string, { host, port }: ServeOptions, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > MAX_PORT)
    throw new CommandError(`--port ${port} is no port.`, `Give a number from 0 to ${MAX_PORT}.`, EXIT.usage);
  const { witnessServer } = await import('../../witness/witness-server.js');
  const store = new WitnessStore(folder);
  const report = (line: string): void => terminal.say(`${new Date().toISOString()} ${line}`);
  const server = witnessServer(store, { prefix: '', now: Date.now, report });
  const url = await server.listen({ host, port: Number(port) });
  terminal.ended('SIGINT', 'SIGTERM').addEventListener('abort', () => void server.close());
  terminal.say(`${store.vkey} answers at ${url} · stop with Ctrl-C`);
  for (const { origin, note } of store.logs())
    terminal.say(
      `  watches ${origin}, ${note === null ? 'nothing cosigned yet' : countOf(readCheckpoint(note).size, 'entry', 'entries')}`,
    );
  terminal.result({ url, vkey: store.vkey, logs: store.logs().map(({ origin }) => origin) });
}
