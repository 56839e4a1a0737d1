import type { Terminal } from '../output/terminal.js';
import { apartSaid } from './verify-bundle.js';
import { type PresentationVerdict, type PresentedEvent, isPresenterProved } from './verify-presentation.js';

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns an event for scripts: its disclosures, its presenter and its reader. */
const resultOf = ({ index, presentation: { event, by, to, at }, presenter }: PresentedEvent): object => ({
  index,
  id: event.id,
  type: event.type,
  iss: event.iss,
  occurredAt: event.occurredAt,
  presentedBy: by,
  presentedTo: to,
  presentedAt: new Date(at * 1_000).toISOString(),
  presenter,
  disclosed: Object.fromEntries(event.disclosures.map(({ pointer, value }) => [pointer, value])),
});

/** Shows the result for a file of presentations: each event with its disclosed claims, the verdict last. */
export function showPresentations({ word, reason, events, seen }: PresentationVerdict, terminal: Terminal): void {
  const { colour } = terminal;
  for (const each of events) showEvent(each, terminal);
  const apart = apartSaid(seen);
  if (apart !== null) terminal.say(`  ${colour.yellow('?')} ${apart}`);
  const isProved = isPresenterProved(events);
  if (word === 'VERIFIED') terminal.say(isProved ? colour.green(word) : `${colour.green(word)}, presenter not proved`);
  else terminal.say(`${word === 'BROKEN' ? colour.red(word) : colour.yellow(word)}: ${reason}`);
  terminal.result({
    verdict: word,
    reason: reason === '' ? null : reason,
    continuity: apart,
    presenter: isProved ? 'proved' : 'notProved',
    events: events.map(resultOf),
  });
}

function showEvent(
  { index, presentation: { event, by, to, at }, presenter }: PresentedEvent,
  terminal: Terminal,
): void {
  const { colour } = terminal;
  terminal.say(
    `  ${colour.green('✓')} entry ${index}: ${event.type} by ${event.iss}, ${event.occurredAt.slice(0, 16).replace('T', ' ')}`,
  );
  for (const { pointer, value } of event.disclosures) terminal.say(`      ${pointer.slice(1)}: ${asText(value)}`);
  const shown = `shown to ${to} on ${new Date(at * 1_000).toISOString().slice(0, 10)}`;
  if (presenter === 'signer') terminal.say(`  ${colour.green('✓')} ${shown} by the key that signed the event`);
  else
    terminal.say(
      `  ${colour.yellow('?')} ${shown} in the name of ${by}, by a key that is not shown to be that of ${by}: not proved`,
    );
}
