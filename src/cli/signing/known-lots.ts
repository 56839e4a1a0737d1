import { existsSync } from 'node:fs';
import type { AditClient } from '../../client/adit-client.js';
import { newestOf } from '../../client/submit-signed.js';
import type { LotState } from '../../core/api/lot.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import { namedLot } from '../named-lot.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { lotWords } from '../output/lot-words.js';
import { type LotClaimTexts, readEventText } from '../../client/event-text.js';
import { readEventFile } from './event-file.js';
import type { Outbox } from './outbox.js';

/** A lot as this machine knows it. */
export interface KnownLot {
  id: string;
  tags: string[];
  lotNumber: string | null;
  mineral: string | null;
  mass: Quantity | null;
  /** State from the ledger, if it was asked: holder and receiver. */
  state: LotState | null;
}

/** A lot that a command named, with its name for people. */
export interface NamedLot {
  called: string;
  lot: KnownLot;
}

/** Characters of an id that identify a lot. */
const PREFIX = 8;
const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Finds lots by name: among the events signed here and, if the ledger is asked too, among all. The newest event of a
 * lot is the one signed here, until the ledger has answered it.
 */
export class KnownLots {
  private readonly pending: LotClaimTexts[];
  private readonly settled: LotClaimTexts[];
  private readonly found = new Map<string, LotState>();

  /**
   * @param client null: the ledger is not asked.
   * @param names receives each lot that is found, by its id.
   */
  constructor(
    outbox: Outbox,
    log: string,
    private readonly client: AditClient | null,
    private readonly names: Map<string, NamedLot>,
  ) {
    const ofLog = (entries: readonly { log: string; event: string }[]): LotClaimTexts[] =>
      entries.filter((entry) => entry.log === log).map(({ event }) => readEventText(event));
    this.pending = ofLog(outbox.pending());
    this.settled = ofLog(outbox.settled().filter(({ state }) => state === 'accepted'));
  }

  /** Finds one lot by its id, the first 8 characters of it, a tag, a lot number, or a file with the event that made it. */
  async find(name: string): Promise<KnownLot> {
    const lot = await this.look(name);
    this.names.set(lot.id, { called: lot.tags[0] ?? lot.lotNumber ?? lot.id.slice(0, PREFIX), lot });
    return lot;
  }

  private async look(name: string): Promise<KnownLot> {
    if (name.endsWith('.jws') && existsSync(name)) return this.ofFile(name);
    const here = this.signedHere(name, this.pending);
    if (here !== undefined) return here;
    if (this.client === null) {
      const before = this.signedHere(name, this.settled);
      if (before !== undefined) return before;
      if (LOT_ID.test(name)) return { id: name, tags: [], lotNumber: null, mineral: null, mass: null, state: null };
      throw new CommandError(
        `No lot called ${name} was signed on this machine.`,
        'Without the ledger, name it by its id, or by the .jws file of the event that made it.',
      );
    }
    return this.ofLedger(name, this.client);
  }

  /** Names the newest event of a lot. */
  async headOf(lot: string): Promise<string> {
    const here = newestOf(lot, this.pending);
    if (here !== undefined) return here;
    if (this.client !== null) return (this.found.get(lot) ?? (await this.client.lot(lot))).head;
    const before = newestOf(lot, this.settled);
    if (before !== undefined) return before;
    throw new CommandError(
      `The newest event of lot ${lot} is not known on this machine.`,
      'Name it in the body as "prev", or sign where the ledger can be asked.',
    );
  }

  private signedHere(name: string, events: readonly LotClaimTexts[]): KnownLot | undefined {
    const lots = events.flatMap((event) => event.born.flatMap((born) => knownOf(born, event) ?? []));
    const matching = lots.filter((lot) => isCalled(lot, name));
    const distinct = [...new Map(matching.map((lot) => [lot.id, lot])).values()];
    if (distinct.length > 1) throw ambiguous(name, distinct);
    return distinct[0];
  }

  private ofFile(file: string): KnownLot {
    const { said } = readEventFile(file);
    const lots = said.born.flatMap((born) => knownOf(born, said) ?? []);
    const [lot] = lots;
    if (lot === undefined)
      throw new CommandError(
        `${file} holds ${said.type}, which makes no lot.`,
        'Name the file of the event that made it.',
      );
    if (lots.length > 1) throw ambiguous(file, lots);
    if (!this.pending.some(({ id }) => id === said.id)) this.settled.push(said);
    return lot;
  }

  private async ofLedger(name: string, client: AditClient): Promise<KnownLot> {
    const state = await namedLot(client, name);
    this.found.set(state.id, state);
    const { id, tags, lotNumber, mineral, mass } = state;
    return { id, tags, lotNumber, mineral, mass, state };
  }
}

function knownOf(
  { lot, tags, lotNumber, mineral, mass }: LotClaimTexts['born'][number],
  event: LotClaimTexts,
): KnownLot | undefined {
  if (typeof lot !== 'string') return undefined;
  const inherited = event.type === 'lot.declared' ? mineral : (mineral ?? null);
  return {
    id: lot,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    lotNumber: typeof lotNumber === 'string' ? lotNumber : null,
    mineral: typeof inherited === 'string' ? inherited : null,
    mass: typeof mass === 'object' && mass !== null ? (mass as Quantity) : null,
    state: null,
  };
}

const isCalled = ({ id, tags, lotNumber }: KnownLot, name: string): boolean =>
  id === name || (name.length >= PREFIX && id.startsWith(name)) || tags.includes(name) || lotNumber === name;

const ambiguous = (name: string, lots: readonly Omit<KnownLot, 'state'>[]): CommandError =>
  new CommandError(
    [`${lots.length} lots are called ${name}:`, ...lots.map((lot) => `  ${lotWords(lot)}`)].join('\n'),
    'Name the one that you mean by its id.',
    EXIT.usage,
  );
