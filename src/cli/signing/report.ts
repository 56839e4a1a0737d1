import { milligrams } from '../../core/custody/quantity.js';
import { differenceText, likelyCause, quantityText } from '../../core/words.js';
import { lotWords } from '../output/lot-words.js';
import type { Terminal } from '../output/terminal.js';
import { type LotClaimTexts, readEventText } from '../../client/event-text.js';
import type { NamedLot } from './known-lots.js';
import type { OutboxEntry } from './outbox.js';
import type { SavedFiles } from './saved-files.js';

interface Mass {
  value: string;
  uom: string;
}

/** Returns the created lots as `--json` shows them. */
export const bornIn = ({ born }: LotClaimTexts): object[] =>
  born.map(({ lot, tags, lotNumber, mineral, mass }) => ({ lot, tags, lotNumber, mineral, mass }));

/** What is known of lots that an event extends, by id. */
export type LotNames = ReadonlyMap<string, NamedLot>;

/** A difference of less than one in so many needs no explanation. */
const WORTH_EXPLAINING = 100n;

/**
 * Returns the difference between a mass in an event and the former one: "10.1 kg less (20.2 %)"; "" if there is none.
 */
function difference(before: Mass | null, after: Mass, mineral: string | undefined): string {
  if (before === null) return '';
  const [was, is] = [milligrams(before), milligrams(after)];
  const text = differenceText(was, is, mineral);
  if (text === null) return '';
  const much = (is > was ? is - was : was - is) * WORTH_EXPLAINING > was;
  const cause = much ? likelyCause(was, is, mineral) : null;
  return `, ${text} than the ${quantityText(before, mineral)} before${cause === null ? '' : `; most likely ${cause}`}`;
}

/** Returns one line about a lot that an event extends, with the difference to its former mass. */
function extendedLine(
  { lot: id, mass, outcome, usedUp }: LotClaimTexts['extended'][number],
  to: string | undefined,
  lotNames: LotNames,
): string {
  const known = lotNames.get(id)?.lot;
  const said = outcome === 'rejected' ? undefined : mass;
  const words = known === undefined ? id : lotWords({ ...known, mass: said ?? known.mass });
  const changed =
    said === undefined || known === undefined ? '' : difference(known.mass, said, known.mineral ?? undefined);
  const became = [
    ...(to === undefined ? [] : [`→ ${to}`]),
    ...(outcome === 'rejected' ? ['rejected'] : []),
    ...(usedUp ? ['used up'] : []),
  ];
  return `  lot ${[words + changed, ...became].join('  ')}`;
}

/** Returns one line for each lot that an event creates or extends. */
export function lotLines(said: LotClaimTexts, lotNames: LotNames = new Map()): string[] {
  const born = said.born.map(
    ({ lot, tags, lotNumber, mineral, mass }) =>
      `  lot ${lotWords({
        id: String(lot),
        tags: Array.isArray(tags) ? tags.map(String) : [],
        lotNumber: typeof lotNumber === 'string' ? lotNumber : null,
        mineral: typeof mineral === 'string' ? mineral : null,
        mass: (mass as Mass | undefined) ?? null,
      })}`,
  );
  return [...born, ...said.extended.map((lot) => extendedLine(lot, said.to, lotNames))];
}

/** Quotes a word for a command line if necessary. */
const quoted = (word: string): string => (/^[A-Za-z0-9._:/-]+$/.test(word) ? word : `"${word}"`);

/** Returns the usual next command after an event. */
function nextStep(said: LotClaimTexts, lotNames: LotNames): string | null {
  const [born] = said.born;
  const [extended] = said.extended;
  const tag = Array.isArray(born?.tags) ? String(born.tags[0]) : undefined;
  const called = (lot: string): string => quoted(lotNames.get(lot)?.called ?? lot.slice(0, 8));
  const id = typeof born?.lot === 'string' ? born.lot : extended?.lot;
  const name = tag === undefined ? called(id ?? '') : quoted(tag);
  const { actor, roles, site } = said.claims;
  switch (said.type) {
    case 'actor.registered':
      return Array.isArray(roles) && roles.includes('miner')
        ? `adit register site SITE --operator ${String(actor)} --country CC --mineral MINERAL`
        : null;
    case 'site.registered':
      return `adit declare --site ${String(site)} --mass "48.6 kg" --mineral MINERAL`;
    case 'lot.declared':
      return `adit dispatch ${name} --to ACTOR`;
    case 'custody.dispatched':
      return `${String(said.to)} signs: ${receiptOf(said.extended.map(({ lot }) => called(lot)))}`;
    default:
      return id === undefined ? null : `adit lot ${name}`;
  }
}

/** Lots that the command of a receipt names. */
const NAMED = 5;

/** The command by which the receiver signs for these lots. */
function receiptOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return `adit receive ${first} --mass "… kg"`;
  const named = names.slice(0, NAMED).join(' ') + (names.length > NAMED ? ' …' : '');
  return `adit receive ${named} --mass "${first.replaceAll('"', '')}=… kg", and so for each`;
}

const savedLine = (files: SavedFiles | null): string | null => {
  const written = files?.written() ?? [];
  return written.length === 0 ? null : `  saved ${written.join(', ')}`;
};

function base(entry: OutboxEntry, said: LotClaimTexts, files: SavedFiles | null): object {
  return {
    id: entry.id,
    type: entry.type,
    event: entry.event,
    lots: bornIn(said),
    extended: said.extended.map(({ lot }) => lot),
    saved: files?.written() ?? [],
  };
}

/** Reports the ledger's answer. */
export function reportAnswer(
  entry: OutboxEntry,
  files: SavedFiles | null,
  terminal: Terminal,
  { repeated, resumed, lotNames = new Map() }: { repeated: boolean; resumed: boolean; lotNames?: LotNames },
): void {
  const said = readEventText(entry.event);
  const { index, receipt, missing = [] } = entry.answer ?? {};
  if (resumed)
    terminal.say(
      files === null
        ? `This was signed before, on ${dayAndTime(entry.savedAt)}, and not signed again; --again signs another.`
        : `${files.event} was signed before, on ${dayAndTime(entry.savedAt)}, and not signed again.`,
    );
  if (entry.state === 'waiting')
    terminal.say(
      `${terminal.colour.yellow('…')} waiting  ${entry.type}  ${entry.id}\n  for ${missing.join(', ')}, which it follows`,
    );
  else terminal.say(`${terminal.colour.green('✓')} entry ${index}  ${entry.type}  ${entry.id}`);
  for (const line of lotLines(said, lotNames)) terminal.say(line);
  const saved = savedLine(files);
  if (saved !== null) terminal.say(saved);
  const next = entry.state === 'waiting' ? 'adit outbox list' : nextStep(said, lotNames);
  if (next !== null) terminal.say(`Next: ${next}`);
  const status = entry.state === 'waiting' ? 'waiting' : repeated ? 'duplicate' : 'accepted';
  const answer = status === 'waiting' ? { missing } : { index, receipt };
  terminal.result({ status, ...base(entry, said, files), ...answer, resumed });
}

/** Reports an event that was signed and saved but not sent. */
export function reportSaved(
  entry: OutboxEntry,
  files: SavedFiles | null,
  terminal: Terminal,
  { resumed, lotNames = new Map() }: { resumed: boolean; lotNames?: LotNames },
): void {
  const said = readEventText(entry.event);
  if (resumed)
    terminal.say(`The same was signed on ${dayAndTime(entry.savedAt)} and waits to be sent; --again signs another.`);
  terminal.say(`${terminal.colour.green('✓')} signed  ${entry.type}  ${entry.id}`);
  for (const line of lotLines(said, lotNames)) terminal.say(line);
  const saved = savedLine(files);
  if (saved !== null) terminal.say(saved);
  const other = files === null ? '' : `, or "adit submit ${files.event}" from any machine`;
  terminal.say(`Next: adit outbox send${other}`);
  terminal.result({ status: 'signed', ...base(entry, said, files), resumed });
}

export const dayAndTime = (time: string): string => time.slice(0, 16).replace('T', ' ');
