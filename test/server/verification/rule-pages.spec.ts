import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordRuleIds } from '../../../src/core/rules/engine/facts.js';
import { defaultParameters, rules } from '../../../src/core/rules/index.js';
import { ruleFailed } from '../../../src/core/rules/engine/rule-failed.js';
import type { RulePage } from '../../../src/core/api/pages.js';
import { rulePage } from '../../../src/web/explorer/finding-pages.js';
import { pageText } from '../../support/page-text.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const everyRule = [...rules, ruleFailed];
const everyId = everyRule.map(({ id }) => id);
const folder = mkdtempSync(join(tmpdir(), 'adit-rules-'));

let service: TestServer;

beforeAll(async () => {
  const file = join(folder, 'thresholds.json');
  writeFileSync(
    file,
    JSON.stringify([
      { version: 100, from: '2026-02-01', lateEntry: { hours: 123 } },
      { version: 101, from: '2999-01-01', lateEntry: { hours: 321 } },
    ]),
  );
  service = await startTestServer({ ADIT_RULE_PARAMETERS_FILE: file });
});

afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function get(path: string, accept?: string): Promise<{ status: number; type: string; body: string }> {
  const answer = await fetch(`${service.url}${path}`, { headers: accept === undefined ? {} : { accept } });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
/** The text of a page. */
const textOf = (html: string): string =>
  html.replaceAll(/<[^>]*>/g, '').replaceAll(/&\w+;/g, (entity) => entities[entity] ?? entity);
const plain = (words: string): string => words.replaceAll('`', '').replaceAll(/\*([A-Za-z]+)\*/g, '$1');

describe('what to do about a finding', () => {
  it('is one to three sentences of its own, and says what ends it', () => {
    const texts = everyRule.map(({ advice }) => advice);
    expect(new Set(texts).size).toBe(everyId.length);
    const ends = /\bclose[sd]?\b|\bexplain(s|ed)?\b|\banswer(s|ed)?\b|\bmended\b/;
    for (const text of texts) {
      expect(text).toMatch(ends);
      expect(text.match(/[.](?=\s|$)/g)?.length).toBeLessThanOrEqual(3);
    }
  });
});

describe('the page of a rule', () => {
  it('is there for every rule, as a page and as data', async () => {
    for (const { id, advice } of everyRule) {
      const data = await get(`/rules/${id}`);
      expect(data.type).toContain('application/json');
      const page = JSON.parse(data.body) as RulePage;
      expect(page).toMatchObject({ id, whatToDo: advice, parameters: { version: 100, from: '2026-02-01' } });
      for (const words of [page.title, page.means, page.doesNotMean, page.test, page.standard])
        expect(words.length).toBeGreaterThan(3);
      const html = await get(`/rules/${id}`, BROWSER);
      expect([html.status, html.type]).toEqual([200, 'text/html; charset=utf-8']);
      for (const words of [page.means, page.doesNotMean, page.whatToDo])
        expect(textOf(html.body)).toContain(plain(words));
      expect(html.body).not.toMatch(/[`]|undefined|NaN|\[object/);
    }
  });

  it('tells the test by the thresholds in force, not by those to come', async () => {
    const page = JSON.parse((await get('/rules/late-entry')).body) as RulePage;
    expect(page.test).toContain('123 h');
    expect(rules.find(({ id }) => id === 'late-entry')?.describe(defaultParameters)).not.toContain('123 h');
    expect((await get('/rules/late-entry', BROWSER)).body).toContain('123 h');
  });

  it('names the runbook where the operator has something to do', async () => {
    const { items } = JSON.parse((await get('/rules')).body) as { items: RulePage[] };
    const named = items.flatMap(({ runbook }) => runbook ?? []);
    expect(named).toEqual([...recordRuleIds, ruleFailed.id].map((id) => `docs/runbooks/${id}.md`));
    expect((await get('/rules/record-fork', BROWSER)).body).toContain('<code>docs/runbooks/record-fork.md</code>');
  });

  it('lets no words become markup', () => {
    const lie = '<script>alert("x")</script>';
    const words = { title: lie, means: lie, doesNotMean: lie, test: lie, whatToDo: lie, standard: lie };
    const parameters = { version: 1, from: '2026-01-01' };
    const rule = { id: 'late-entry', version: 1, group: 'custody', runbook: null, parameters, ...words } as const;
    const page = pageText('en', (say) => rulePage(say, { ...rule, shownTitle: lie }));
    expect(page).not.toContain('<script>');
    expect(page.match(/&lt;script>/g)).toHaveLength(7);
  });
});

describe('the list of rules', () => {
  it('leads to every page', async () => {
    const { body, type } = await get('/rules', BROWSER);
    expect(type).toContain('text/html');
    for (const id of everyId) expect(body).toContain(`href="/rules/${id}"`);
    const { items } = JSON.parse((await get('/rules')).body) as { items: RulePage[] };
    expect(items.map(({ id }) => id)).toEqual(everyId);
  });
});

describe('a rule that there is not', () => {
  it.each([
    'constructor',
    '__proto__',
    'toString',
    '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    '..%2Ferrors',
    'RECORD-FORK',
  ])('is not found: %s', async (id) => {
    const answer = await get(`/rules/${id}`);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([404, expect.objectContaining({ code: 'not-found' })]);
    expect(answer.type).toContain('application/problem+json');
    const page = await get(`/rules/${id}`, BROWSER);
    expect([page.status, page.type]).toEqual([404, 'text/html; charset=utf-8']);
    for (const { body } of [answer, page]) expect(body).not.toContain('<script');
  });
});
