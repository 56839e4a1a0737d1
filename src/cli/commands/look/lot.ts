import type { Command } from 'commander';
import type { Report } from '../../../core/api/report.js';
import type { LotName } from '../../../core/api/lot-name.js';
import { quantityText } from '../../../core/words.js';
import { noticeLine } from '../../../core/bundle/notices.js';
import type { LotState } from '../../../core/api/lot.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { namedLot } from '../../named-lot.js';
import { type ShownFinding, showFinding } from '../../output/alert-lines.js';
import { claimsOf } from '../../output/event-words.js';
import { calledOf, goodsOf, massOf, whereOf } from '../../output/lot-names.js';
import { type TimelineEntry, lotTimeline, paintVerdicts, reasonsOf, timelineLines } from '../../output/timeline.js';
import type { Terminal } from '../../output/terminal.js';
import { clientOf } from '../../sign-in.js';

/** A share of a lot is the result of a division: to the gram is enough, of gold to the milligram. */
function originText({ site, mass: { value, uom } }: LotState['origins'][number], mineral: string): string {
  const rounded = mineral === 'gold' ? value : value.replace(/(\.[0-9]{3})[0-9]+$/, '$1');
  return `${site} (${quantityText({ value: rounded, uom }, mineral)})`;
}

/** Shows what the lot is, its holder, its verdicts and the reasons, the most important for a buyer first. */
function showHeader(terminal: Terminal, lot: LotState, { verdicts, findings, origins, notices }: Report): void {
  const { colour } = terminal;
  for (const notice of notices) terminal.say(colour.red(noticeLine(notice)));
  if (lot.onHold)
    terminal.say(colour.red('ON HOLD: an authority holds this lot back. It must not be moved or bought.'));
  const name = calledOf(lot);
  terminal.say(colour.bold(name === '' ? `Lot ${lot.id}` : `${name}, lot ${lot.id}`));
  terminal.say(`  ${goodsOf(lot)}, ${massOf(lot)}, ${whereOf({ ...lot, onHold: false })}`);
  if (lot.tags.length > 1) terminal.say(`  tags: ${lot.tags.join(', ')}`);
  if (lot.lotNumber !== null && lot.lotNumber !== name) terminal.say(`  lot number: ${lot.lotNumber}`);
  if (lot.moisturePercent !== null) terminal.say(`  moisture: ${lot.moisturePercent} %`);
  if (origins.length > 0) terminal.say(`  from ${origins.map((origin) => originText(origin, lot.mineral)).join(', ')}`);
  terminal.say(`  ${paintVerdicts(verdicts, colour)}`);
  for (const reason of reasonsOf(verdicts, findings)) terminal.say(`  ${reason}`);
}

/** Uses names for the lots of a finding: this one first, then its ancestors; others by id. */
function withNames(
  finding: ShownFinding,
  { id, tags, lotNumber, mineral }: LotState,
  timeline: readonly TimelineEntry[],
): ShownFinding {
  const made = timeline.flatMap(({ event }) => claimsOf(event.event).outputs ?? []);
  const tagOf = new Map(made.map(({ lot, tags: own }) => [lot, own?.[0] ?? null]));
  const nameOf = (lot: string): LotName =>
    lot === id
      ? { lot, tag: tags[0] ?? null, lotNumber, site: null, mineral }
      : { lot, tag: tagOf.get(lot) ?? null, lotNumber: null, site: null, mineral };
  const own = finding.lots.filter((lot) => lot === id);
  return { ...finding, about: [...own, ...finding.lots.filter((lot) => lot !== id)].map(nameOf) };
}

export const lot: Register = (named) => {
  withServer(named)
    .description(
      'Shows what a lot is and who has it, its verdicts with what was found, and everything that happened to it and to what it was made of. A lot is named by its id, the first 8 characters of it, a tag, or a lot number.',
    )
    .argument('<lot>', 'id, first 8 characters, tag or lot number')
    .addHelpText('before', 'Example: adit lot RW-A000001\n')
    .action(async (name: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const state = await namedLot(client, name);
      const [report, timeline] = await Promise.all([
        client.report(state.id),
        lotTimeline(client, state.id, state.mineral),
      ]);
      showHeader(terminal, state, report);
      if (!terminal.json)
        for (const finding of report.findings) showFinding(terminal, withNames(finding, state, timeline));
      terminal.say();
      for (const line of timelineLines(timeline, terminal.width)) terminal.say(line);
      terminal.result({ lot: state, report, timeline: timeline.map(({ event }) => event) });
    });
};
