import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates sums for rules, updated as entries are filed: the cost of one more entry does not grow with the log. */
export class Sums0007 implements MigrationInterface {
  name = 'Sums0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE totals (
        subject text COLLATE "C" NOT NULL,
        amount  numeric NOT NULL,
        CONSTRAINT totals_pkey PRIMARY KEY (subject)
      );
      COMMENT ON TABLE totals IS 'sum of filings.amount by subject; the running numbers of devices are not summed';
      INSERT INTO totals
        SELECT subject, sum(amount) FROM filings
         WHERE amount IS NOT NULL AND subject NOT LIKE 'device:%' GROUP BY subject;

      CREATE TABLE site_days (
        site    text COLLATE "C" NOT NULL,
        mineral text COLLATE "C" NOT NULL,
        day     integer NOT NULL,
        mass    numeric NOT NULL,
        CONSTRAINT site_days_pkey PRIMARY KEY (site, mineral, day)
      );
      COMMENT ON TABLE site_days IS 'sum of site_production.mass, mg, by site, mineral and day';
      INSERT INTO site_days SELECT site, mineral, day, sum(mass) FROM site_production GROUP BY site, mineral, day;
      GRANT SELECT, INSERT, UPDATE ON totals, site_days TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE totals, site_days');
  }
}
