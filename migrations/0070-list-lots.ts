import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates indexes for lists of active lots: a holder's stock, and lots in transit to an actor. Both are partial: a lot
 * that is consumed or closed leaves them.
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
