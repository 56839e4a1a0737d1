import { lotWords } from '../output/lot-words.js';
import type { Terminal } from '../output/terminal.js';
import { type SaidOfLots, readEventText } from './event-text.js';
import type { OutboxEntry } from './outbox.js';
import type { SavedFiles } from './saved-files.js';

interface Mass {
  value: string;
  uom: string;
}

/** The lots that an event made, in the form in which `--json` gives them. */
export const bornIn = ({ born }: SaidOfLots): object[] =>
  born.map(({ lot, tags, lotNumber, mineral, mass }) => ({ lot, tags, lotNumber, mineral, mass }));

/** What is known of lots that an event extends, by id: a line for people. */
export type LotNames = ReadonlyMap<string, string>;

/** One line for each lot that an event makes or extends. */
export function lotLines(said: SaidOfLots, lotNames: LotNames = new Map()): string[] {
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
  const moved = said.to === undefined ? '' : `  → ${said.to}`;
  return [...born, ...said.extended.map(({ lot }) => `  lot ${lotNames.get(lot) ?? lot}${moved}`)];
}

/** As it is typed on a command line. */
const quoted = (word: string): string => (/^[A-Za-z0-9._:/-]+$/.test(word) ? word : `"${word}"`);

/** What a person does next with what an event made or moved. */
function nextStep(said: SaidOfLots, lotNames: LotNames): string | null {
  const [born] = said.born;
  const [extended] = said.extended;
  const tag = Array.isArray(born?.tags) ? String(born.tags[0]) : undefined;
  const known = extended === undefined ? undefined : /^\S+ {2}(\S+) {2}/.exec(lotNames.get(extended.lot) ?? '')?.[1];
  const id = typeof born?.lot === 'string' ? born.lot : extended?.lot;
  const name = quoted(tag ?? known ?? id?.slice(0, 8) ?? '');
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
      return `${String(said.to)} signs: adit receive ${name} --mass "… kg"`;
    default:
      return id === undefined ? null : `adit lot ${name}`;
  }
}

const savedLine = (files: SavedFiles | null): string | null => {
  const written = files?.written() ?? [];
  return written.length === 0 ? null : `  saved ${written.join(', ')}`;
};

function base(entry: OutboxEntry, said: SaidOfLots, files: SavedFiles | null): object {
  return {
    id: entry.id,
    type: entry.type,
    event: entry.event,
    lots: bornIn(said),
    extended: said.extended.map(({ lot }) => lot),
    saved: files?.written() ?? [],
  };
}

/** Reports what the ledger answered. */
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

/** Reports an event that was signed and saved, and not sent. */
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
