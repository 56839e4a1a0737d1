import type { AsOf, LotState, Verdicts } from '../../core/api/lot.js';
import { quantityText } from '../../core/words.js';
import { escapeHtml, htmlPage } from '../http/html-page.js';

const statuses: Readonly<Record<LotState['status'], string>> = {
  held: 'held',
  inTransit: 'in transit',
  consumed: 'consumed: made into other lots',
  closed: 'closed',
};

/** Renders a lot's state and verdicts as HTML, with links to the evidence. */
export function lotHtml(lot: LotState & { verdicts: Verdicts; asOf: AsOf }): string {
  const { id, verdicts, asOf } = lot;
  const name = lot.tags[0] ?? lot.lotNumber ?? id;
  const facts: [string, string | null][] = [
    ['Lot', id],
    ['Tags', lot.tags.length === 0 ? null : lot.tags.join(', ')],
    ['Lot number', lot.lotNumber],
    ['Mineral', `${lot.mineral}, ${lot.form}`],
    ['Mass', quantityText(lot.mass, lot.mineral)],
    ['Holder', lot.holder],
    ['Status', statuses[lot.status] + (lot.inTransitTo === null ? '' : ` to ${lot.inTransitTo}`)],
    ['Hold', lot.onHold ? 'an authority holds this lot back' : null],
    ['Record', verdicts.record],
    ['Custody', verdicts.custody],
    ['Risk', verdicts.risk],
  ];
  const rows = facts.flatMap(([label, text]) =>
    text === null ? [] : [`<dt>${label}</dt><dd>${escapeHtml(text)}</dd>`],
  );
  const links = [
    ['report', 'why these verdicts'],
    ['events', 'its chain of events'],
    ['lineage', 'what it was made of'],
    ['impact', 'what was made of it'],
    ['bundle', 'its bundle, to verify offline'],
  ].map(([path, text]) => `<li><a href="/v1/lots/${id}/${path}">${text}</a></li>`);
  return htmlPage(
    `Lot ${name}`,
    `<h1>Lot ${escapeHtml(name)}</h1><dl>${rows.join('')}</dl>` +
      `<p>As of entry ${asOf.size} of the log, of which ${asOf.verified} are verified.</p>` +
      `<ul>${links.join('')}</ul><p><a href="/">About this ledger</a></p>`,
  );
}
