import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes for lists of lots that are not yet used up: a holder's stock, and what is on its way to an actor. Both are
 * partial, so a lot that is consumed or closed leaves them.
 */
export class ListLots0070 implements MigrationInterface {
  name = 'ListLots0000000000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE INDEX lots_stock ON lots (holder, mineral, form) WHERE status IN ('held', 'inTransit');
      CREATE INDEX lots_awaited ON lots (in_transit_to, born_index) WHERE in_transit_to IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX lots_stock, lots_awaited');
  }
}
