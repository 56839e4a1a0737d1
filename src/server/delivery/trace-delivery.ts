import { endSteps } from '../tracing/steps.js';
import type { ClaimedDelivery, Endpoint } from './claim-deliveries.js';
import type { AttemptResult } from './send-message.js';

/** Events of one message whose traces show its delivery. */
const EVENTS_TRACED = 20;

/** Lists the first events that a message names; a digest names those of each of its alerts elsewhere. */
function eventsNamedIn(body: string): string[] {
  const { data } = JSON.parse(body) as { data?: { events?: string[] } };
  return (data?.events ?? []).slice(0, EVENTS_TRACED);
}

/** Publishes an attempt in the traces of the events that its message names; does nothing where `began` is null. */
export function endDelivery(
  began: number | null,
  { channel }: Endpoint,
  { id, type, alert, attempt, body }: ClaimedDelivery & { body: string },
  { status, failure }: AttemptResult,
): void {
  if (began === null) return;
  const attributes = {
    'adit.delivery': id,
    'adit.message': type,
    'adit.channel': channel,
    'adit.attempt': attempt,
    ...(alert === null ? {} : { 'adit.alert': alert }),
    ...(status === null ? {} : { 'http.response.status_code': status }),
  };
  endSteps(began, eventsNamedIn(body), { name: 'deliver', failure, attributes });
}
