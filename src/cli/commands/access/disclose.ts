import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import * as z from 'zod';
import type { AditClient } from '../../../client/adit-client.js';
import {
  MAX_PRESENTED,
  PRESENTATIONS,
  type Presentations,
  buildPresentation,
  readHeld,
} from '../../../core/bundle/presentation.js';
import type { Disclosure } from '../../../core/event/disclosure.js';
import { eventIdSchema } from '../../../core/event/primitives.js';
import { countOf } from '../../../core/words.js';
import { type Register, gathered, terminalOf, withServer } from '../../command.js';
import { readJsonFile } from '../../input/read-file.js';
import { readKeyFile } from '../../key-file.js';
import { namedLot } from '../../named-lot.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import { type ServerOptions, clientOf } from '../../sign-in.js';

interface DiscloseOptions extends ServerOptions {
  to: string;
  fields?: string[];
  kept: string[];
  output: string;
}

export const disclose: Register = (named) => {
  withServer(named)
    .description(
      'Shows chosen claims of a logged event, or of all events of a lot, to one reader: names, prices and places that the ledger shows only to who is entitled. Writes a file that "adit verify" checks offline. You sign for whom it is; nothing is recorded or sent.',
    )
    .argument('<event>', 'id of an event; or a lot: id, first 8 characters, tag or lot number')
    .requiredOption('--to <reader>', 'for whom it is, such as "Bank of Kigali"')
    .option('--fields <names...>', 'claims to show, such as price or place/lat (without: lists what there is)')
    .option('--kept <file>', 'also what "adit record --withhold" kept: NAME.disclosures.json (repeat)', gathered, [])
    .option('-o, --output <file>', 'where to', 'presentation.json')
    .addHelpText('before', 'Example: adit disclose RW-A000001 --to "Bank of Kigali" --fields price --key coop.jwk\n')
    .action(async (name: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<DiscloseOptions>();
      const terminal = terminalOf(command);
      const { signer, by } = presenterOf(options);
      const held = await heldOf(clientOf(command), name, options.kept);
      const chosen = choose(held, options.fields);
      const now = Math.floor(Date.now() / 1_000);
      const items = [];
      for (const { event, receipt, disclosures } of chosen) {
        const shown = disclosures.map(({ encoded }) => encoded);
        const presentation = await buildPresentation({ event, disclosures: shown, by, to: options.to, now }, signer);
        items.push({ presentation, receipt: await receipt() });
      }
      const file: Presentations = { format: PRESENTATIONS, keys: [signer.jwk], items };
      writeFileSync(options.output, `${JSON.stringify(file)}\n`, { mode: 0o600 });
      terminal.say(
        `${options.output}: ${countOf(items.length, 'event')} for ${options.to} alone. Check it with: adit verify ${options.output}`,
      );
      terminal.result({ file: options.output, to: options.to, events: items.length });
    });
};

function presenterOf({ key, as }: ServerOptions): { signer: ReturnType<typeof readKeyFile>['signer']; by: string } {
  if (key === undefined)
    throw new CommandError(
      'A presentation is signed, and no key was given.',
      'Give --key FILE, or set ADIT_KEY.',
      EXIT.usage,
    );
  const { signer, actor } = readKeyFile(key);
  const by = as ?? actor;
  if (by !== undefined) return { signer, by };
  throw new CommandError(`${key} does not name its actor.`, 'Give --as ACTOR, or set ADIT_AS.', EXIT.usage);
}

/** An event with the disclosures that the presenter has. */
interface Held {
  event: string;
  disclosures: Disclosure[];
  receipt: () => Promise<string>;
}

/** Reads an event, or the events of a lot, with the disclosures that the ledger shows and those that were kept. */
async function heldOf(client: AditClient, name: string, kept: readonly string[]): Promise<Held[]> {
  const known = new Map(kept.map(readKept));
  const ids: string[] = [];
  if (eventIdSchema.safeParse(name).success) ids.push(name);
  else for await (const { id } of client.lotEvents((await namedLot(client, name)).id)) ids.push(id);
  if (ids.length > MAX_PRESENTED)
    throw new CommandError(`The lot has more than ${MAX_PRESENTED} events.`, 'Name one event by its id.', EXIT.usage);
  const held: Held[] = [];
  for (const id of ids) {
    const { event } = await client.event(id);
    const [jws = '', ...shown] = event.split('~').filter((part) => part !== '');
    const all = [...new Set([...shown, ...(known.get(id) ?? [])])];
    held.push({ event, disclosures: readHeld([jws, ...all, ''].join('~')), receipt: () => client.receipt(id) });
  }
  return held;
}

const keptSchema = z.strictObject({ event: z.string(), disclosures: z.array(z.string()) });

function readKept(file: string): [string, string[]] {
  const holds = 'It should be NAME.disclosures.json, as --save NAME writes it.';
  const { data } = keptSchema.safeParse(readJsonFile(file, holds));
  if (data === undefined) throw new CommandError(`${file} holds no disclosures.`, holds);
  return [data.event, data.disclosures];
}

const isField = ({ name, pointer }: Disclosure, field: string): boolean =>
  field === name || field === pointer || `/${field}` === pointer;

/** Leaves the disclosures of the fields, and the events that have any. Throws a usage error that lists what there is. */
function choose(held: readonly Held[], fields: readonly string[] | undefined): Held[] {
  const all = held.flatMap(({ disclosures }) => disclosures);
  const there = [...new Set(all.map(({ pointer }) => pointer.slice(1)))].toSorted();
  const list = there.length === 0 ? 'You see no disclosure of it.' : `There are: ${there.join(', ')}.`;
  if (fields === undefined)
    throw new CommandError('Which claims are to be shown?', `Give --fields. ${list}`, EXIT.usage);
  const unknown = fields.find((field) => !all.some((one) => isField(one, field)));
  if (unknown !== undefined) throw new CommandError(`There is no ${unknown} to be shown.`, list, EXIT.usage);
  return held
    .map((one) => ({
      ...one,
      disclosures: one.disclosures.filter((each) => fields.some((field) => isField(each, field))),
    }))
    .filter(({ disclosures }) => disclosures.length > 0);
}
