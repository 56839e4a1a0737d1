import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets a sender lease a subscription, not single deliveries: a delivery is written once, when delivered. */
export class DeliveryLease0013 implements MigrationInterface {
  name = 'DeliveryLease0000000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE subscriptions ADD COLUMN claim uuid, ADD COLUMN claimed_until timestamptz;
      COMMENT ON COLUMN subscriptions.claim IS 'who sends to it now; claimed_until is when that is over at the latest';
      ALTER TABLE deliveries DROP COLUMN claim;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE deliveries ADD COLUMN claim uuid;
      COMMENT ON COLUMN deliveries.claim IS 'who tries it now; next_at is when that is over at the latest';
      ALTER TABLE subscriptions DROP COLUMN claim, DROP COLUMN claimed_until;
    `);
  }
}
