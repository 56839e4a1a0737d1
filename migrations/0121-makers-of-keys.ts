import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds with which key of its actor a key for machines was made: it ends with that key. */
export class MakersOfKeys0121 implements MigrationInterface {
  name = 'MakersOfKeys0000000000121';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE machine_keys ADD COLUMN made_with text COLLATE "C";
      COMMENT ON COLUMN machine_keys.made_with IS 'thumbprint of the key of the actor with which it was made, and ends; null: with none';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE machine_keys DROP COLUMN made_with');
  }
}
