import type { LoadResult } from './load.js';
import type { BenchedService } from './service.js';

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export interface Row extends LoadResult {
  name: string;
  toY1: number;
  /** Processor time an event, us: of the service, and of the processes of its database. */
  service: number;
  database: number;
}

/** Collects the rows of one table, and prints each when it is measured. */
export class Table {
  readonly rows: Row[] = [];

  constructor(
    private readonly service: BenchedService,
    private readonly y1: number,
  ) {}

  async add(name: string, events: number, run: () => Promise<LoadResult>): Promise<void> {
    const before = this.service.processor();
    const result = await run();
    const after = this.service.processor();
    const microseconds = (of: 'service' | 'database'): number => ((after[of] - before[of]) * 1_000) / events;
    const row: Row = {
      ...result,
      name,
      toY1: result.perSecond / this.y1,
      service: microseconds('service'),
      database: microseconds('database'),
    };
    this.rows.push(row);
    say(
      `${name}: ${row.perSecond.toFixed(0)}/s, ${row.toY1.toFixed(2)} × Y1, p50 ${row.p50.toFixed(1)} ms, ` +
        `p99 ${row.p99.toFixed(1)} ms, processor ${row.service.toFixed(0)} and ${row.database.toFixed(0)} us an event`,
    );
  }
}
