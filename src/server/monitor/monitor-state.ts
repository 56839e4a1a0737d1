import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { replaceDurably } from '../../platform/durable-file.js';
import { alarmKinds } from './alarm.js';

const schema = z.strictObject({
  /** Origin of the log. */
  origin: z.string(),
  /** The newest checkpoint whose root the mirrored entries have; null before the first. */
  newest: z.string().nullable(),
  /** Number of entries that were searched for sealed indexes. */
  indexed: z.int().min(0),
  /** Number of the last reported change of a finding. */
  told: z.int().min(0),
  /** Permanent alarms; absent in states of older releases. */
  convicted: z
    .array(
      z.strictObject({
        kind: z.enum(alarmKinds),
        detail: z.string(),
        index: z.int().min(0).nullable(),
        checkpoints: z.array(z.string()),
        entry: z.string().nullable(),
        proof: z.string().nullable(),
      }),
    )
    .default([]),
});
export type MonitorState = z.infer<typeof schema>;

/** Stores the monitor's state beside its mirror of the log. */
export class StateFile {
  private readonly path: string;
  state: MonitorState;

  /** Throws if the folder belongs to another log. */
  constructor(folder: string, origin: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, 'monitor.json');
    this.state = existsSync(this.path)
      ? schema.parse(parseStrictJson(readFileSync(this.path, 'utf8')))
      : { origin, newest: null, indexed: 0, told: 0, convicted: [] };
    if (this.state.origin !== origin) throw new Error(`${folder} is the state of another log: ${this.state.origin}.`);
  }

  save(change: Partial<MonitorState>): void {
    this.state = { ...this.state, ...change };
    replaceDurably(this.path, `${JSON.stringify(this.state)}\n`);
  }
}
