import type { Command } from 'commander';
import { AditClient } from '../../client/adit-client.js';
import type { Finding, LotState, Report } from '../../client/shapes.js';
import { quantityText } from '../../core/words.js';
import { type Register, terminalOf, withServer } from '../command.js';
import { namedLot } from '../named-lot.js';
import { showFinding } from '../output/alert-lines.js';
import { calledOf, goodsOf, massOf, whereOf } from '../output/lot-names.js';
import { lotTimeline, paintVerdicts, reasonsOf, timelineLines } from '../output/timeline.js';
import { noticeLine } from '../../core/bundle/notices.js';
import type { Terminal } from '../output/terminal.js';

/** A share of a lot is the result of a division: to the gram is enough. */
const originText = ({ site, mass: { value, uom } }: LotState['origins'][number], mineral: string): string =>
  `${site} (${quantityText({ value: value.replace(/(\.[0-9]{3})[0-9]+$/, '$1'), uom }, mineral)})`;

/** What the lot is, who has it, how it is judged and why: what a buyer must know first stands first. */
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

/** Names this lot in a finding as people call it, the others by id. */
function withName(finding: Finding, { id, tags, lotNumber }: LotState): Finding {
  if (!finding.lots.includes(id)) return finding;
  const about = [{ lot: id, tag: tags[0] ?? null, lotNumber, site: null }];
  return { ...finding, about };
}

export const lot: Register = (named) => {
  withServer(named)
    .description(
      'Shows what a lot is and who has it, its verdicts with what was found, and everything that happened to it and to what it was made of. A lot is named by its id, the first 8 characters of it, a tag, or a lot number.',
    )
    .argument('<lot>', 'id, first 8 characters, tag or lot number')
    .addHelpText('before', 'Example: adit lot RW-A000001\n')
    .action(async (name: string, { server }: { server: string }, command: Command) => {
      const terminal = terminalOf(command);
      const client = new AditClient(server);
      const state = await namedLot(client, name);
      const [report, timeline] = await Promise.all([
        client.report(state.id),
        lotTimeline(client, state.id, state.mineral),
      ]);
      showHeader(terminal, state, report);
      if (!terminal.json) for (const finding of report.findings) showFinding(terminal, withName(finding, state));
      terminal.say();
      for (const line of timelineLines(timeline, terminal.width)) terminal.say(line);
      terminal.result({ lot: state, report, timeline: timeline.map(({ event }) => event) });
    });
};
