import pg from 'pg';
import type { Config } from '../config/config.js';
import { OWNER_ROLE } from '../database/prepare.js';
import { migrateQueue } from '../queue/prepare-queue.js';
import { type DatabaseAddress, openDatabase } from './start.js';

/**
 * Empty databases for short-lived ledgers, all on one embedded server. Copying a database takes a fraction of the time
 * of creating a server and its tables.
 */
export class ThrowAwayDatabases {
  private made = 0;

  private constructor(
    private readonly template: DatabaseAddress,
    private readonly superuserUrl: string,
  ) {}

  /**
   * Opens the embedded server and the database to copy.
   * @param config names the folder of the embedded server, which must be new.
   */
  static async open(config: Config): Promise<ThrowAwayDatabases> {
    const template = await openDatabase(config, () => undefined, { durable: false });
    try {
      if (template.superuserUrl === null) throw new Error('Only an embedded database is thrown away.');
      await migrateQueue(template.ownerUrl);
      return new ThrowAwayDatabases(template, template.superuserUrl);
    } catch (error) {
      await template.stop();
      throw error;
    }
  }

  /** Returns a database with all tables and no rows; its `stop` drops it. */
  async next(): Promise<DatabaseAddress> {
    this.made += 1;
    const name = `throw_away_${this.made}`;
    const template = pg.escapeIdentifier(new URL(this.template.ownerUrl).pathname.slice(1));
    await this.run(`CREATE DATABASE ${name} OWNER ${OWNER_ROLE} TEMPLATE ${template} STRATEGY FILE_COPY`);
    const there = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
    return {
      appUrl: there(this.template.appUrl),
      ownerUrl: there(this.template.ownerUrl),
      superuserUrl: this.superuserUrl,
      stop: () => this.run(`DROP DATABASE ${name} WITH (FORCE)`),
    };
  }

  close(): Promise<void> {
    return this.template.stop();
  }

  private async run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.superuserUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
