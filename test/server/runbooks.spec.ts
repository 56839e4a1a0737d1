import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import pg from 'pg';
import { createWholeProgram } from '../../src/cli/program.js';
import { settingsList } from '../../src/server/config/config.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const folder = join(process.cwd(), 'docs/runbooks');
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** What is found in each page, with the page's name before it. */
const foundIn = (pattern: RegExp): [string, string][] =>
  pages.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)].map((match): [string, string] => [name, match[1] ?? match[0]]),
  );

let service: TestServer;
let paths: string[];

beforeAll(async () => {
  service = await startTestServer();
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  paths = Object.keys(document.paths);
});

afterAll(() => service.close());

describe('what the runbooks tell to type', () => {
  it('asks the database for what it has', async () => {
    const blocks = foundIn(/^ *```sql\n([^`]*)```/gm);
    const inline = foundIn(/`(SELECT [^`]*)`/g);
    const statements = [...blocks, ...inline].flatMap(([name, sql]) =>
      sql
        .split(';')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '')
        .map((statement) => [name, statement] as const),
    );
    expect(statements.length).toBeGreaterThan(30);
    const client = new pg.Client({ connectionString: service.database.superuserUrl });
    await client.connect();
    try {
      // As the service may: also what mends something must be allowed to it.
      await client.query('SET ROLE ledger_app');
      const failed: unknown[] = [];
      for (const [name, statement] of statements)
        await client
          .query(`EXPLAIN ${statement}`)
          .catch((error: Error) => failed.push([name, statement, error.message]));
      expect(failed).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('asks the service for what it answers', () => {
    const asked = [
      ...foundIn(/\$ADIT(\/[^\s"'|)]*)/g),
      ...foundIn(/127\.0\.0\.1:8400(\/[^\s"'|)]*)/g),
      ...foundIn(/`(?:GET )?(\/(?:v1|log|rules|readyz|metrics)[^\s`]*)`/g),
    ];
    expect(asked.length).toBeGreaterThan(30);
    const known = paths.map((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`));
    const unknown = asked.filter(([, path]) => !known.some((pattern) => pattern.test(path.replace(/\?.*$/, ''))));
    expect(unknown).toEqual([]);
  });

  it('names settings and commands that there are', async () => {
    const settings = new Set(settingsList.map(({ name }) => name));
    expect(foundIn(/\b(ADIT_[A-Z_]+)\b/g).filter(([, name]) => !settings.has(name))).toEqual([]);
    const program = await createWholeProgram();
    const { commands } = program;
    const names = new Set(commands.map((command) => command.name()));
    const typed = foundIn(/(?:^ *|`)adit ([a-z]+)/gm);
    expect(typed.length).toBeGreaterThan(20);
    expect(typed.filter(([, command]) => !names.has(command))).toEqual([]);
    const optionsOf = (command: Command): string[] => [
      ...command.options.flatMap(({ long }) => long ?? []),
      ...command.commands.flatMap(optionsOf),
    ];
    const options = foundIn(/(?:^ *|`)adit ([a-z][^\n`]*)/gm).flatMap(([page, line]) =>
      [...line.matchAll(/ (--[a-z-]+)/g)].map((match) => ({
        page,
        command: line.split(' ')[0],
        option: match[1] ?? '',
      })),
    );
    expect(options.length).toBeGreaterThan(5);
    const common = program.options.flatMap(({ long }) => long ?? []);
    const unknown = options.filter(
      ({ command, option }) =>
        !common.includes(option) &&
        !commands.some((each) => each.name() === command && optionsOf(each).includes(option)),
    );
    expect(unknown).toEqual([]);
  });
});
