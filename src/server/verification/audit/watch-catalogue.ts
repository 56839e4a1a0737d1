import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CatalogueDifference, compareCatalogue } from '../../database/compare-catalogue.js';
import { Database } from '../../database/database.js';
import { catalogueFault } from './audit-faults.js';

/** Time for which the result is cached, ms: it costs about twenty queries, and probes come every few seconds. */
const HOLDS = 60_000;
/** Objects that are named in one line at most. */
const NAMED = 5;

/** Compares the schema with the migrations at the start of a process and while it runs, whether or not it audits. */
@Injectable()
export class WatchCatalogue implements OnApplicationBootstrap {
  private readonly logger = new Logger('catalogue');
  private compared = -Infinity;
  private differences: readonly CatalogueDifference[] = [];

  constructor(private readonly database: Database) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.compare().catch((err: unknown) => this.logger.warn({ msg: 'the schema could not be compared', err }));
  }

  /** Returns the names of objects that differ from the migrations, for `/readyz`; null if there are none. */
  async whyDegraded(): Promise<string | null> {
    if (performance.now() - this.compared > HOLDS) await this.compare();
    const { length } = this.differences;
    if (length === 0) return null;
    const named = this.differences.slice(0, NAMED).map(({ object }) => object);
    const more = length > NAMED ? ` and ${length - NAMED} more` : '';
    return `The database is not built as the migrations build it: ${named.join(', ')}${more}. Run "adit audit".`;
  }

  private async compare(): Promise<void> {
    const known = new Set(this.differences.map(({ object, found }) => `${object} ${found}`));
    this.differences = await compareCatalogue(this.database);
    this.compared = performance.now();
    for (const difference of this.differences)
      if (!known.has(`${difference.object} ${difference.found}`))
        this.logger.error({ msg: catalogueFault(difference).detail, object: difference.object });
  }
}
