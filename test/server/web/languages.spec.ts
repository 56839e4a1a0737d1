import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { englishIn } from '../../support/english-in.js';
import { HostileWorld } from '../../support/hostile-world.js';
import { get } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

let service: TestServer;
let world: HostileWorld;

const idsOf = async (path: string): Promise<string[]> =>
  ((await get(service.url, path)).body.items as { id: string }[]).map(({ id }) => id);
const page = async (path: string, language: string): Promise<string> =>
  (await fetch(service.url + path, { headers: { accept: 'text/html', 'accept-language': language } })).text();

beforeAll(async () => {
  service = await startTestServer({ ADIT_ROLE: 'all', ADIT_RATE_LIMIT_PER_MINUTE: '0' });
  world = await HostileWorld.open(service.url, ['formula']);
  await until(async () => (await idsOf('/v1/findings?rule=origin-implausible')).length > 0, 60_000);
});
afterAll(async () => {
  await service.close();
});

describe('a page in another language', () => {
  it.each(['fr', 'sw', 'es'])('shows no English in %s that is not marked as such', async (language) => {
    const [findings, alerts] = [await idsOf('/v1/findings?limit=50'), await idsOf('/v1/alerts?limit=50')];
    const paths = [
      ...world.events.map((id) => `/events/${id}`),
      ...world.lots.map((id) => `/lots/${id}`),
      ...['lineage', 'impact', 'events', 'hands'].map((table) => `/lots/${world.lots[0]}/${table}`),
      ...findings.map((id) => `/findings/${id}`),
      ...alerts.map((id) => `/inbox/${id}`),
      ...world.ids.actors.map((id) => `/actors/${id}`),
      ...world.ids.sites.map((id) => `/sites/${id}`),
      '/',
      '/lots',
      '/sites',
      '/actors',
      '/findings',
      '/log',
      '/operation',
      '/operation/grants',
      '/operation/people',
      '/operation/keys',
      '/inbox',
      '/signin',
      '/p',
      '/inbox/subscriptions',
      '/inbox/deliveries',
      '/inbox/silences',
      '/search?q=javascript:coop',
      '/search?q=x',
      '/rules',
      '/rules/mass-gained',
      '/rules/rule-failed',
      '/errors',
      '/errors/not-holder',
      '/lots/00000000-0000-8000-8000-000000000000',
      '/lots/x',
      '/lots?limit=x',
      '/nothing',
      '/desk',
    ];
    expect(findings.length).toBeGreaterThan(8);
    const shown: [string, string[]][] = [];
    for (const path of paths) {
      const found = englishIn(await page(path, language), language);
      if (found.length > 0) shown.push([path, found]);
    }
    expect(shown).toEqual([]);
  });

  it('would show it: the same pages have English in English', async () => {
    const claimed = async (path: string): Promise<string> =>
      (await page(path, 'en')).replace('<html lang="en">', '<html lang="fr">');
    expect(englishIn(await claimed('/rules/mass-gained'), 'fr').length).toBeGreaterThan(4);
    expect(englishIn(await claimed('/findings'), 'fr').length).toBeGreaterThan(1);
  });
});
