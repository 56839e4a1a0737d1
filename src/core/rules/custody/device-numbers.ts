import type { JudgedEvent } from '../engine/facts.js';

/** An entry with the device that recorded it and the device's sequence number. */
export interface NumberedEvent {
  entry: JudgedEvent;
  /** The actor that uses the device. */
  actor: string;
  device: string;
  seq: number;
}

/** Returns the sequence number of an entry; for evidence of a refused event, the number of that event. */
export function numbered(entry: JudgedEvent): NumberedEvent | null {
  const { event } = entry;
  const { device, seq } = event.payload;
  if (device === undefined || seq === undefined) return null;
  return { entry, actor: event.type === 'event.refused' ? event.payload.signer : event.iss, device, seq };
}
