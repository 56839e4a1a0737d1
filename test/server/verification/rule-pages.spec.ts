import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordRuleIds } from '../../../src/core/rules/engine/facts.js';
import { defaultParameters, rules } from '../../../src/core/rules/index.js';
import { ruleFailed } from '../../../src/core/rules/engine/rule-failed.js';
import { rulePageHtml } from '../../../src/server/verification/findings/rule-html.js';
import type { RulePage } from '../../../src/core/api/pages.js';
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
      expect(html.body).toBe(rulePageHtml(page));
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
    const page = rulePageHtml({ id: 'late-entry', version: 1, group: 'custody', runbook: null, parameters, ...words });
    expect(page).not.toContain('<script');
    expect(page.match(/&#60;script&#62;/g)).toHaveLength(7);
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
    for (const accept of [undefined, BROWSER]) {
      const answer = await get(`/rules/${id}`, accept);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([404, expect.objectContaining({ code: 'not-found' })]);
      expect(answer.type).toContain('application/problem+json');
      expect(answer.body).not.toContain('script');
    }
  });
});
