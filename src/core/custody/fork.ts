import type { AditEvent } from '../event/event.js';
import type { Successor } from './view.js';

/** Returns what a successor event does with its lots: the receiver of a dispatch, or the output lots. */
function destinationOf(event: AditEvent): Pick<Successor, 'to' | 'outputs'> {
  return {
    to: event.type === 'custody.dispatched' ? event.payload.to : null,
    outputs: 'outputs' in event.payload ? event.payload.outputs.map(({ lot }) => lot) : [],
  };
}

export const successorOf = (event: AditEvent): Successor => ({
  event: event.id,
  iss: event.iss,
  type: event.type,
  ...destinationOf(event),
});

const named = ({ to, outputs }: Pick<Successor, 'to' | 'outputs'>): string | null =>
  to ?? (outputs.length > 0 ? outputs.join() : null);

/**
 * Returns whether an event forks a lot (protocol.md §3): one actor signs two events on the same lot and `prev` that
 * name different receivers or different outputs. A repeated weighing, or a retry to the same receiver, is no fork.
 */
export function isFork(event: AditEvent, successor: Successor | undefined): boolean {
  if (successor === undefined || successor.iss !== event.iss || successor.event === event.id) return false;
  const [first, second] = [named(successor), named(destinationOf(event))];
  return first !== null && second !== null && first !== second;
}
