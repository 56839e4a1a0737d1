import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod';
import { parseJsonFile } from '../../../core/event/grammar.js';
import { MAX_BUNDLE_LENGTH, parseBundle, type BundleJson } from '../../../core/bundle/bundle.js';
import { type KeptDisclosures, discloseIn } from '../../../core/bundle/disclose.js';
import { unpackBundle } from '../../../core/bundle/unpack.js';
import { countOf } from '../../../core/words.js';
import { namedLot } from '../../named-lot.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { defaultState, readSeen, seenSizesOf } from '../../verify/seen-checkpoints.js';
import { readJsonFile, readTextFile } from '../../input/read-file.js';
import { BUNDLE, checkBundleText } from '../../verify/read-bundle.js';
import { CommandError } from '../../output/terminal.js';
import { clientOf } from '../../sign-in.js';

/** Replaces characters of a lot's name that file names cannot contain. */
const asFileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '');

/** Formats a number of bytes as kB. */
const inKilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_000)} kB`;

interface FetchOptions {
  server: string;
  output?: string;
  withoutDisclosures?: boolean;
  lastSealed?: boolean;
  state: string;
}

export const bundle: Register = (group) => {
  withServer(group.command('fetch'))
    .summary('save the bundle of a lot')
    .argument('<lot>', 'id, first 8 characters, tag or lot number')
    .option('-o, --output <file>', 'where to; LOT.bundle.json unless said')
    .option('--without-disclosures', 'without what has been disclosed: names, places, prices')
    .option('--last-sealed', 'under the index as it was sealed last, and not sealed now')
    .option('--state <file>', 'the checkpoints that "adit verify" saw, which this is to continue', defaultState())
    .addHelpText('before', 'Example: adit bundle fetch RW-A000001 -o lot.bundle.json\n')
    .action(async (name: string, options: FetchOptions, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const lot = (await namedLot(client, name)).id;
      const query = new URLSearchParams({
        disclosures: options.withoutDisclosures === true ? 'none' : 'all',
        sealed: options.lastSealed === true ? 'last' : 'now',
      });
      const { origin } = await client.ledger();
      const known = seenSizesOf(origin, readSeen(options.state));
      if (known.length > 0) query.set('continues', known.join(','));
      const text = await client.bundle(lot, query);
      const { events } = parseBundle(text);
      const output = options.output ?? `${asFileName(name)}.bundle.json`;
      writeFileSync(output, text);
      terminal.say(
        `${output}: ${countOf(events.length, 'event')}, ${inKilobytes(text.length)}. Check it with: adit verify ${output}`,
      );
      terminal.result({ file: output, events: events.length, bytes: text.length });
    });
  group
    .command('disclose')
    .summary('add what you kept to yourself, for one buyer')
    .description(
      'Adds what "adit record --withhold" kept to the events of a bundle, and asks no server. Whoever verifies it finds each claim to be what was signed.',
    )
    .argument('<file>', 'the bundle')
    .argument('<disclosures...>', 'NAME.disclosures.json of the events concerned')
    .requiredOption('-o, --output <file>', 'the bundle for that buyer')
    .addHelpText('before', 'Example: adit bundle disclose lot.bundle.json sale.disclosures.json -o buyer.bundle.json\n')
    .action((file: string, kept: string[], { output }: { output: string }, command: Command) => {
      const terminal = terminalOf(command);
      const text = read(file);
      parseBundle(text);
      const shown = discloseIn(parseJsonFile(text, 'The bundle', MAX_BUNDLE_LENGTH) as BundleJson, kept.map(readKept));
      writeFileSync(output, `${JSON.stringify(shown)}\n`, { mode: 0o600 });
      terminal.say(`${output}: for that buyer alone. Check it with: adit verify ${output}`);
      terminal.result({ file: output });
    });
  group
    .command('unpack')
    .summary('write a bundle out as plain files, for other tools')
    .argument('<file>', 'the bundle')
    .argument('<folder>', 'where to; made if it is not there')
    .addHelpText('before', 'Example: adit bundle unpack lot.bundle.json lot\n')
    .action((file: string, folder: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const files = unpackBundle(parseBundle(read(file)));
      for (const { path, text } of files) {
        const to = join(folder, path);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, text);
      }
      terminal.say(`${countOf(files.length, 'file')} in ${folder}`);
      terminal.result({ folder, files: files.map(({ path }) => path) });
    });
};

const keptSchema = z.strictObject({ event: z.string(), disclosures: z.array(z.string()) });

function readKept(file: string): KeptDisclosures {
  const holds = 'It should be NAME.disclosures.json, as --save NAME writes it.';
  const parsed = keptSchema.safeParse(readJsonFile(file, holds));
  if (parsed.success) return parsed.data;
  throw new CommandError(`${file} holds no disclosures.`, holds);
}

function read(file: string): string {
  const text = readTextFile(file, BUNDLE);
  checkBundleText(file, text);
  return text;
}
