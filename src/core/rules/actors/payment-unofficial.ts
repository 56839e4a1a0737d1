import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { type JudgedOf, isType, lotsOf } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Rule, Undecided, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { paymentUnofficial: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

type Fee = NonNullable<JudgedOf<'transit.checked'>['event']['payload']['fees']>[number];

const withoutReceipt = ({ receiptNumber }: Fee): boolean => receiptNumber === undefined;

export const paymentUnofficial: Rule<typeof schema> = {
  id: 'payment-unofficial',
  version: 3,
  group: 'actors',
  title: 'A payment without a receipt',
  means: 'A tax, royalty or fee was paid on the way, and no number of an official receipt is named.',
  doesNotMean:
    'That the payer did wrong: at a checkpoint there may be no choice. It may mean that armed men or officials take their share.',
  causes: {
    innocent: 'the number of the receipt was not entered',
    bad: 'armed men or officials took a share',
  },
  advice:
    'Ask the payer for the receipt, and who took the money and on what ground; sums that armed men or officials took belong in an incident report. It closes when the number of an official receipt is added by `event.corrected`.',
  parameters: schema,
  describe: ({ paymentUnofficial: { severity } }) =>
    `\`payment.recorded\` of a tax, royalty or fee, or a fee paid at \`transit.checked\`, without a receipt number: ${severity}. A fee that was only asked is not judged.`,
  standard: 'OECD Due Diligence Guidance, Annex II (illegal taxation, bribery)',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  ...judgesEach(
    ['payment.recorded', 'transit.checked'],
    (entry, facts, { paymentUnofficial: { severity } }: Parameters) => {
      const { event } = entry;
      const lots = lotsConcerned(entry, facts);
      if (lots.length === 0 && lotsOf(entry).length > 0) return [];
      const told = { severity, lots, measured: 'no receipt number', threshold: 'a receipt number' };
      if (event.type === 'payment.recorded') {
        const { kind, payer, payee, receiptNumber } = event.payload;
        if (kind === 'price' || receiptNumber !== undefined) return [];
        return [
          { ...told, detail: `${payer} paid a ${kind}${payee === undefined ? '' : ` to ${payee}`} without a receipt.` },
        ];
      }
      const unofficial = (event.payload.fees ?? []).filter((fee) => fee.paid !== undefined && withoutReceipt(fee));
      if (unofficial.length === 0) return [];
      const kinds = [...new Set(unofficial.map(({ kind }) => kind))].join(', ');
      return [{ ...told, detail: `At a checkpoint ${event.iss} noted fees paid without a receipt: ${kinds}.` }];
    },
  ),
  undecided: (facts) =>
    facts.entries.flatMap((entry): Undecided[] => {
      if (!isType(entry, 'transit.checked')) return [];
      const hidden = (entry.event.payload.fees ?? []).some(
        (fee) => fee.paid === undefined && withoutReceipt(fee) && (fee._sd ?? []).length > 0,
      );
      return hidden
        ? [
            {
              subject: entry.event.id,
              lots: lotsConcerned(entry, facts),
              reason: 'What was paid at the checkpoint is not disclosed.',
            },
          ]
        : [];
    }),
};
