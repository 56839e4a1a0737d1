import type { JudgedEvent } from './facts.js';

/** An entry with the device that recorded it and that device's own running number. */
export interface Numbered {
  entry: JudgedEvent;
  /** Whose device it is. */
  actor: string;
  device: string;
  seq: number;
}

/** The number of an event; evidence of one that was refused bears the number of that one, which was not kept back. */
export function numbered(entry: JudgedEvent): Numbered | null {
  const { event } = entry;
  const { device, seq } = event.payload;
  if (device === undefined || seq === undefined) return null;
  return { entry, actor: event.type === 'event.refused' ? event.payload.signer : event.iss, device, seq };
}
