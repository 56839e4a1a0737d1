import { AditClient } from '../../client/adit-client.js';
import { AmbiguousLot, NoSuchLot, findLot } from '../../client/find-lot.js';
import { chainLots, signDraft } from '../../client/record-event.js';
import { AditError } from '../../core/errors.js';
import { generateSigner } from '../../core/event/build.js';
import { eventTypes } from '../../core/event/types/index.js';
import { type Register, terminalOf, withServer } from '../command.js';
import { readJsonObject } from '../input/read-file.js';
import { unsignable } from '../output/refusal.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { readEventFile } from '../signing/event-text.js';
import { unknownType } from './record.js';

interface CheckOptions {
  server: string;
  type?: string;
  as?: string;
  offline: boolean;
}

interface Named {
  lots: string[];
  sites: string[];
  actors: string[];
}

type Body = Record<string, unknown>;

export const check: Register = (named) => {
  withServer(named)
    .description(
      'Checks FILE against the schema of its type, and what it names against the ledger: lots, who holds them, sites, actors. Signs and sends nothing. Ends with 1 where something is wrong.',
    )
    .argument('<file>', 'body of an event (JSON), or NAME.jws')
    .option('--type <type>', 'type of the event, where FILE does not say')
    .option('--as <actor>', 'who is to sign: also checks that they hold the lots')
    .option('--offline', 'check the schema only', false)
    .addHelpText('before', 'Example: adit check bag.json --type lot.declared --as coop\n')
    .action(async (file: string, options: CheckOptions, command) => {
      const terminal = terminalOf(command);
      const { type, body } = read(file, options.type);
      await checkSchema(type, body);
      terminal.say(`${terminal.colour.green('✓')} ${file} has the form of ${type}`);
      const wrong = options.offline ? [] : await askLedger(new AditClient(options.server), type, body, options.as);
      for (const each of wrong) terminal.say(`${terminal.colour.red('✗')} ${each}`);
      if (wrong.length > 0) terminal.endWith(EXIT.error);
      else if (!options.offline)
        terminal.say(
          `${terminal.colour.green('✓')} the ledger knows everything that it names\nNext: adit record ${type} ${file} --key KEY`,
        );
      terminal.result({ type, wrong });
    });
};

function read(file: string, given: string | undefined): { type: string; body: Body } {
  if (file.endsWith('.jws')) {
    const { claims, type } = readEventFile(file).said;
    const { log: _log, type: _type, iss: _iss, iat: _iat, jti: _jti, ...body } = claims;
    return { type, body };
  }
  const { type: said, ...body } = readJsonObject(
    file,
    'It should hold the body of an event; "adit new TYPE" writes an example.',
  );
  const type = given ?? (typeof said === 'string' ? said : undefined);
  if (type === undefined)
    throw new CommandError(
      'Of which type is it to be?',
      `Give --type, such as: adit check ${file} --type lot.declared`,
      EXIT.usage,
    );
  if (!eventTypes.has(type)) throw unknownType(type);
  return { type, body };
}

const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ANY_LOT = '00000000-0000-8000-8000-00000000000';

/** The body with an id for each lot that it names otherwise, and a `prev` for each chain: signing fills them in. */
function filled(body: Body): Body {
  let count = 0;
  const idFor = (lot: unknown): unknown =>
    typeof lot === 'string' && !LOT_ID.test(lot) ? `${ANY_LOT}${(count += 1).toString(16)}`.slice(0, 36) : lot;
  const named = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return idFor(item);
    return 'lot' in item ? { ...item, lot: idFor(item.lot) } : item;
  };
  const lists = ['lots', 'inputs', 'missing'].flatMap((claim) =>
    Array.isArray(body[claim]) ? [[claim, (body[claim] as unknown[]).map(named)] as const] : [],
  );
  return { ...body, ...Object.fromEntries(lists), ...('lot' in body ? { lot: idFor(body.lot) } : {}) };
}

async function checkSchema(type: string, body: Body): Promise<void> {
  const chained = await chainLots({ type, body: filled(body) }, () => Promise.resolve('A'.repeat(43)));
  try {
    await signDraft('localhost/adit', { type, iss: 'nobody', body: chained }, generateSigner('Ed25519').signer);
  } catch (error) {
    if (error instanceof AditError) throw unsignable(error, body, `"adit new ${type}" writes an example.`);
    throw error;
  }
}

const strings = (values: readonly unknown[]): string[] => [
  ...new Set(values.filter((value): value is string => typeof value === 'string')),
];
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const lotIn = (item: unknown): unknown =>
  typeof item === 'object' && item !== null ? (item as { lot?: unknown }).lot : item;

const namedIn = (type: string, body: Body): Named => ({
  lots: strings([...listOf(body.lots), ...listOf(body.inputs), body.lot].map(lotIn)),
  sites: strings([
    (body.place as { site?: unknown } | undefined)?.site,
    ...(type === 'site.registered' ? [] : [body.site, ...listOf(body.sites)]),
  ]),
  actors: strings([
    ...(type === 'actor.registered' ? [] : [body.actor]),
    ...['to', 'from', 'carrier', 'holder', 'operator', 'exporter', 'importer', 'payer', 'payee'].map(
      (claim) => body[claim],
    ),
  ]),
});

/** What the ledger would object to, as far as it can be asked. */
async function askLedger(client: AditClient, type: string, body: Body, as: string | undefined): Promise<string[]> {
  const { lots, sites, actors } = namedIn(type, body);
  const wrong: string[] = [];
  for (const name of lots) {
    const found = await findLot(client, name).catch((error: unknown) => {
      if (error instanceof NoSuchLot || error instanceof AmbiguousLot) return error.message;
      if ((error as { code?: unknown }).code === 'not-found') return `No lot is called ${name}.`;
      throw error;
    });
    if (typeof found === 'string') wrong.push(found);
    else if (found.status === 'consumed' || found.status === 'closed') wrong.push(`Lot ${name} is ${found.status}.`);
    else if (as !== undefined && eventTypes.get(type)?.signers.by === 'holder' && found.holder !== as)
      wrong.push(`Lot ${name} is held by ${found.holder}, not by ${as}.`);
  }
  const known = { sites: new Set<string>(), actors: new Set<string>() };
  if (sites.length > 0) for await (const { site } of client.sites()) known.sites.add(site);
  const signers = as === undefined ? actors : [...actors, as];
  if (signers.length > 0) for await (const { actor } of client.actors()) known.actors.add(actor);
  wrong.push(...sites.filter((site) => !known.sites.has(site)).map((site) => `There is no site ${site}.`));
  wrong.push(...signers.filter((actor) => !known.actors.has(actor)).map((actor) => `There is no actor ${actor}.`));
  return wrong;
}
