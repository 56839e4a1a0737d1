import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { TradingWorld } from '../../support/trading-world.js';

const UNTIL = '2099-01-01T00:00:00Z';
/** More than one page has. */
const MANY = 230;
const PATHS = ['/operation', '/operation/grants', '/operation/people', '/operation/keys'];

let world: TradingWorld;

beforeAll(async () => {
  world = await TradingWorld.open();
});
afterAll(() => world.close());

async function opened(path: string): Promise<{ status: number; type: string | null; text: string }> {
  const token = readFileSync(world.service.config.operatorTokenFile, 'utf8').trim();
  const headers = { accept: 'text/html', authorization: `Bearer ${token}` };
  const answer = await fetch(world.service.url + path, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

/** Runs a statement as the superuser; `$1` is how many rows. */
async function fill(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.service.database.superuserUrl });
  await client.connect();
  try {
    await client.query(statement, [MANY]);
  } finally {
    await client.end();
  }
}

const linkTo = (text: string, path: string): string | null =>
  new RegExp(`href="(${path}\\?cursor=[^"]+)" rel="next"`).exec(text)?.[1] ?? null;

/** Returns the pages of a list, following the link to the next from the page of the operator on. */
async function pagesOf(path: string): Promise<string[]> {
  const pages: string[] = [];
  for (let at: string | null = '/operation'; at !== null && pages.length < 5; at = linkTo(pages.at(-1) ?? '', path)) {
    const { status, text } = await opened(at);
    expect([at, status]).toEqual([at, 200]);
    pages.push(text);
  }
  return pages;
}

/** Returns which of the many a page names; the question before one is ended names it again. */
const namedIn = (text: string, kind: 'person' | 'key' | 'grantee'): string[] => [
  ...new Set(text.match(new RegExp(`${kind}-\\d+-`, 'g'))),
];
const all = (kind: string): string[] => Array.from({ length: MANY }, (_, i) => `${kind}-${i + 1}-`).toSorted();

/** Returns the cells of the table of grants, one text for each row, without markup. */
const grantRows = (text: string): string[] => {
  const [, table = ''] = /aria-label="Grants of everyone">(.*?)<\/table>/s.exec(text) ?? [];
  const rows = table.split('<tbody>')[1]?.split('</tr>').slice(0, -1) ?? [];
  return rows.map((row) =>
    row
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
};

describe('the grants of everyone', () => {
  it('show the operator who gave whom what, until when, and whether it was withdrawn', async () => {
    expect((await opened('/operation/grants')).text).toContain('No actor has granted access to another yet.');
    const coop = world.actor('coop');
    const grant = { to: 'auditor', until: UNTIL };
    const whole = await coop.must('grant.given', { ...grant, disclosures: true });
    await coop.must('grant.withdrawn', { grant: whole.id });
    const only = { lots: [world.kept, world.sold] };
    await coop.must('grant.given', { ...grant, only });
    const days = { sites: ['hill'], bornFrom: '2026-05-12', bornUntil: '2026-05-13' };
    await world.actor('trader').must('grant.given', { to: 'stranger', until: UNTIL, only: days });
    for (const path of ['/operation', '/operation/grants']) {
      const { text } = await opened(path);
      const [byDays, byLots, withdrawn, ...others] = grantRows(text);
      expect(others).toEqual([]);
      expect(byDays).toMatch(/^trader stranger .*from hill · declared from 12 May 2026 · declared until 13 May 2026/);
      expect(byLots).toMatch(/^coop auditor 2 lots 1 Jan(uary)? 2099 .*in force$/);
      expect(withdrawn).toMatch(/^coop auditor all lots that the giver sees · with the claims.* withdrawn$/);
      // Which lots a grant names is trade.
      for (const lot of [world.kept, world.sold]) expect(text).not.toContain(lot.slice(0, 8));
    }
  });

  it('are a file too, without the lots', async () => {
    const { type, text } = await opened('/operation/grants?format=csv');
    expect(type).toBe('text/csv; charset=utf-8');
    const lines = text.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe('coop,auditor,2 lots,2099-01-01T00:00:00.000Z,in force');
  });
});

describe('a list of the operator with more than one page', () => {
  it('has each person once', async () => {
    await fill(`INSERT INTO people (issuer, subject, label, scopes, created_at)
      SELECT 'https://id.example', 'subject ' || n, 'person-' || n || '-', '{read}', timestamptz '2026-05-12' + n / 7 * interval '1 ms'
        FROM generate_series(1, $1::int) AS n`);
    const pages = await pagesOf('/operation/people');
    expect(pages.map((page) => namedIn(page, 'person').length)).toEqual([100, 100, 30]);
    expect(pages.flatMap((page) => namedIn(page, 'person')).toSorted()).toEqual(all('person'));
    const { text } = await opened('/operation/people?format=csv');
    expect(namedIn(text, 'person')).toHaveLength(100);
    expect(text.split('\r\n')[0]).toContain('Subject at the identity provider');
  });

  it('has each key once', async () => {
    await fill(`INSERT INTO machine_keys (label, scopes, digest, created_at, expires_at, revoked_at)
      SELECT 'key-' || n || '-', '{metrics}', sha256(n::text::bytea), timestamptz '2026-05-12', timestamptz '2099-01-01',
             CASE n WHEN 1 THEN timestamptz '2026-05-13' END
        FROM generate_series(1, $1::int) AS n`);
    const pages = await pagesOf('/operation/keys');
    expect(pages.map((page) => namedIn(page, 'key').length)).toEqual([100, 100, 30]);
    expect(pages.flatMap((page) => namedIn(page, 'key')).toSorted()).toEqual(all('key'));
  });

  it('has each grant once', async () => {
    await fill(`INSERT INTO access_grants (id, index, by_actor, to_actor, until, disclosures)
      SELECT 'grant ' || n, 1000 + n, 'coop', 'grantee-' || n || '-', 4070908800000, false
        FROM generate_series(1, $1::int) AS n`);
    const pages = await pagesOf('/operation/grants');
    expect(pages.map((page) => grantRows(page).length)).toEqual([10, 100, 100, 23]);
    expect(pages.flatMap((page) => namedIn(page, 'grantee')).toSorted()).toEqual(all('grantee'));
  });

  it('refuses a cursor that is not its own', async () => {
    for (const path of PATHS.slice(1)) {
      expect([path, (await opened(`${path}?cursor=x`)).status]).toEqual([path, 400]);
      expect([path, (await opened(`${path}?limit=1000`)).status]).toEqual([path, 400]);
    }
  });
});

describe('the lists of the operator', () => {
  it('are for the operator alone', async () => {
    for (const path of PATHS) {
      expect([path, (await world.page('coop', path)).status]).toEqual([path, 403]);
      expect([path, (await world.read('nobody', path)).status]).toEqual([path, 401]);
    }
  });
});
