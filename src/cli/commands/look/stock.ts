import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import type { Stock } from '../../../core/api/stock.js';
import { countOf, quantityText } from '../../../core/words.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import { goodsOf } from '../../output/lot-names.js';
import type { Column } from '../../output/table.js';
import { clientOf } from '../../sign-in.js';

/** Formats a pile as "3 lots, 145.8 kg"; "" if it is empty. */
const pileText = ({ lots, mass }: Stock['held'], mineral: string): string =>
  lots === 0 ? '' : `${countOf(lots, 'lot')}, ${quantityText(mass, mineral)}`;

const columns: readonly Column<Stock>[] = [
  { title: 'holder', value: ({ holder }) => holder, least: 8 },
  { title: 'goods', value: goodsOf, least: 8 },
  { title: 'holds', value: ({ held, mineral }) => pileText(held, mineral), right: true },
  { title: 'sent, not received', value: ({ sent, mineral }) => pileText(sent, mineral), right: true },
  { title: 'on hold', value: ({ onHold }) => (onHold === 0 ? '' : countOf(onHold, 'lot')), right: true, dropped: 1 },
];

/** Lots in transit to one actor that are counted; more are "100 or more". */
const COUNTED = 100;

async function coming(client: AditClient, actor: string): Promise<string | null> {
  const { items, next } = await client.lots({ inTransitTo: actor, limit: String(COUNTED) });
  if (items.length === 0) return null;
  const many = next === null ? countOf(items.length, 'lot') : `${COUNTED} lots or more`;
  return `On the way to ${actor}: ${many}. List them with: adit lots --to ${actor}`;
}

export const stock: Register = (named) => {
  withLimit(withServer(named))
    .description(
      'Adds up what an actor holds, and what the actor has dispatched and nobody has received yet, by mineral and form.',
    )
    .argument('[actor]', 'only of this actor')
    .addHelpText('before', 'Example: adit stock trader\n')
    .action(async (actor: string | undefined, options: ListOptions & { server: string }, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const none = actor === undefined ? 'Nobody holds anything.' : `${actor} holds nothing.`;
      await printList(terminal, client.stock(actor === undefined ? {} : { holder: actor }), { columns, none }, options);
      const more = actor === undefined || terminal.json ? null : await coming(client, actor);
      if (more !== null) terminal.note(more);
    });
};
