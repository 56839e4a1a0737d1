import { type Command, InvalidArgumentError } from 'commander';
import { instantMs } from '../../../core/event/primitives.js';
import { type Register, gathered } from '../../command.js';
import { type NamedMass, namedMasses } from '../../input/masses.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import type { Body } from '../../scenario/short-forms.js';
import type { KnownLot, KnownLots } from '../../signing/known-lots.js';
import type { SigningOptions } from '../../signing/options.js';
import { type PlaceOptions, placeOf, recordWords, said, withEventOptions } from '../../signing/shorthand.js';

interface DispatchOptions extends SigningOptions, PlaceOptions {
  to: string;
  carrier?: string;
  vehicle?: string;
  seal: string[];
  mass?: NamedMass[];
  arrives?: string;
}

interface ReceiveOptions extends SigningOptions, PlaceOptions {
  from?: string;
  mass?: NamedMass[];
  seal: string[];
  reason?: string;
}

const LOTS = 'lots by tag, lot number, id or its first 8 characters';

/** Returns each lot once, in the order of the names. */
export async function findAll(lots: KnownLots, names: readonly string[]): Promise<KnownLot[]> {
  const found: KnownLot[] = [];
  for (const name of names) {
    const lot = await lots.find(name);
    if (!found.some(({ id }) => id === lot.id)) found.push(lot);
  }
  return found;
}

/** Returns the mass of a lot: by its tag or id, or the one without a name if there is only one lot. */
export function massFor(lot: KnownLot, masses: readonly NamedMass[] = [], only: boolean): Body {
  const named = masses.filter(({ name }) => (name === undefined ? only : isNameOf(lot, name)));
  const [given, other] = named;
  if (other !== undefined) throw new CommandError(`Two masses are given for ${nameOf(lot)}.`, 'Give one.', EXIT.usage);
  return given === undefined ? {} : { mass: given.mass };
}

const isNameOf = ({ id, tags, lotNumber }: KnownLot, name: string): boolean =>
  tags.includes(name) || lotNumber === name || (name.length >= 8 && id.startsWith(name));

/** Throws if a mass names no lot of the command. */
export function checkMasses(lots: readonly KnownLot[], masses: readonly NamedMass[] = []): void {
  for (const { name } of masses) {
    if (name === undefined && lots.length > 1)
      throw new CommandError(
        'There are several lots: of which is the mass?',
        `Write it with the lot: --mass "${nameOf(lots[0] as KnownLot)}=48.6 kg".`,
        EXIT.usage,
      );
    if (name !== undefined && !lots.some((lot) => isNameOf(lot, name)))
      throw new CommandError(
        `A mass is given for ${name}, which is not among the lots.`,
        'Name the lot as well.',
        EXIT.usage,
      );
  }
}

/** Returns the name of a lot for people. */
export const nameOf = ({ id, tags, lotNumber }: KnownLot): string => tags[0] ?? lotNumber ?? id.slice(0, 8);

export const dispatch: Register = (named) => {
  withEventOptions(
    named
      .description('Signs custody.dispatched. Until the receiver signs for them, you stay their holder.')
      .argument('<lots...>', LOTS)
      .requiredOption('--to <actor>', 'who is to receive them')
      .option('--carrier <actor>', 'who carries them')
      .option('--vehicle <plate>', 'number of the vehicle')
      .option('--seal <number>', 'number of a seal (repeat)', gathered, [])
      .option('--mass <mass>', '"48.6 kg", or "TAG=48.6 kg" for each lot (repeat)', namedMasses)
      .option('--arrives <time>', 'planned arrival, with offset', (value) => {
        if (instantMs(value) !== null) return value;
        throw new InvalidArgumentError('Write day, time and offset, such as 2026-03-14T09:30:00+02:00.');
      }),
  )
    .addHelpText(
      'before',
      'Example: adit dispatch RW-A000001 RW-A000002 --to trader --vehicle "RAB 123 C" --key coop.jwk\n',
    )
    .action((names: string[], options: DispatchOptions, command: Command) =>
      recordWords(command, options, {
        type: 'custody.dispatched',
        words: names,
        compose: async (known) => {
          const lots = await findAll(known, names);
          checkMasses(lots, options.mass);
          return {
            to: options.to,
            lots: lots.map((lot) => ({ lot: lot.id, ...massFor(lot, options.mass, lots.length === 1) })),
            ...placeOf(options),
            ...said({
              carrier: options.carrier,
              vehicle: options.vehicle,
              seals: options.seal,
              plannedArrival: options.arrives,
            }),
          };
        },
      }),
    );
};

/** Returns the sender of lots in transit, and their common dispatch. */
function senderOf(lots: readonly KnownLot[], from: string | undefined): string {
  const onTheWay = lots.filter(({ state }) => state?.status === 'inTransit');
  const still = lots.find(({ state }) => state !== null && state.status !== 'inTransit');
  if (still !== undefined)
    throw new CommandError(
      `${nameOf(still)} is not on its way: it is ${still.state?.status} by ${still.state?.holder}.`,
      `"adit lot ${nameOf(still)}" shows what happened to it.`,
    );
  const heads = new Set(onTheWay.map(({ state }) => state?.head));
  if (heads.size > 1)
    throw new CommandError(
      'These lots were sent by different dispatches, and one receipt is for one dispatch.',
      'Receive them one dispatch at a time.',
      EXIT.usage,
    );
  const sender = from ?? onTheWay[0]?.state?.holder;
  if (sender !== undefined) return sender;
  throw new CommandError('Who sent them is not known on this machine.', 'Give --from ACTOR.', EXIT.usage);
}

function handover(named: Command, outcome: 'accepted' | 'rejected'): Command {
  const accepts = outcome === 'accepted';
  return withEventOptions(
    named
      .description(
        accepts
          ? 'Signs custody.received with the mass that your own scale shows.'
          : 'Signs custody.received with the outcome rejected: the sender stays the holder.',
      )
      .argument('<lots...>', LOTS)
      .option('--from <actor>', 'who sent them (default: as the ledger has it)')
      .option('--mass <mass>', '"48.5 kg", or "TAG=48.5 kg" for each lot (repeat)', namedMasses)
      .option('--seal <number>', 'number of a seal that you found (repeat)', gathered, [])
      .option('--reason <text>', accepts ? 'remark' : 'why they are refused'),
  ).action((names: string[], options: ReceiveOptions, command: Command) =>
    recordWords(command, options, {
      type: 'custody.received',
      words: [outcome, ...names],
      compose: async (known) => {
        const lots = await findAll(known, names);
        checkMasses(lots, options.mass);
        const body = { from: senderOf(lots, options.from), ...placeOf(options) };
        const received = lots.map((lot) => ({
          lot: lot.id,
          outcome,
          ...massFor(lot, options.mass, lots.length === 1),
        }));
        const unweighed = lots.find(
          (_lot, i) => accepts && received[i] !== undefined && !('mass' in (received[i] as Body)),
        );
        if (unweighed !== undefined) throw unweighedLot(unweighed, lots.length);
        return { ...body, lots: received, ...said({ seals: options.seal, reason: options.reason }) };
      },
    }),
  );
}

const unweighedLot = (lot: KnownLot, count: number): CommandError =>
  new CommandError(
    `What does ${nameOf(lot)} weigh on your own scale?`,
    count === 1 ? 'Give --mass "48.5 kg".' : `Give --mass "${nameOf(lot)}=48.5 kg", and so for each lot.`,
    EXIT.usage,
  );

export const receive: Register = (named) => {
  handover(named, 'accepted').addHelpText(
    'before',
    'Example: adit receive RW-A000001 --mass "48.5 kg" --key trader.jwk\n',
  );
};

export const reject: Register = (named) => {
  handover(named, 'rejected').addHelpText(
    'before',
    'Example: adit reject RW-A000001 --reason "seal broken" --key trader.jwk\n',
  );
};
