import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { ListCountries } from '../../../src/server/provenance/list-countries.js';
import { ReadPlaces } from '../../../src/server/provenance/read-places.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let places: ReadPlaces;
let declared = '';

const corners = [
  ['29.35', '-1.95'],
  ['29.37', '-1.95'],
  ['29.37', '-1.93'],
  ['29.35', '-1.95'],
];
const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] });

beforeAll(async () => {
  ledger = await TestLedger.open();
  places = new ReadPlaces(
    ledger.database,
    ledger.identity,
    new LotRights(ledger.database),
    new ListCountries(ledger.database),
  );
  await ledger.record('site.registered', 'registrar', {
    site: 'ridge',
    country: 'RW',
    operator: 'coop',
    minerals: ['cassiterite'],
    point: ['29.36', '-1.94'],
  });
  await ledger.record('site.updated', 'registrar', {
    site: 'ridge',
    polygon: { type: 'Polygon', coordinates: [corners] },
  });
  const { id, lots } = await ledger.record('lot.declared', 'coop', {
    place: { site: 'ridge', lat: '-1.9412', lon: '29.3611' },
    outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '50', uom: 'KGM' } }],
  });
  declared = id;
  await ledger.dispatch(lots[0] ?? '');
  await ledger.verifier().verify();
});
afterAll(() => ledger.close());

const site = (viewer: Viewer) =>
  asViewer(viewer, async () =>
    (await places.registered({ sites: ['ridge'], facilities: ['depot'] })).sites.get('ridge'),
  );
const position = (viewer: Viewer) =>
  asViewer(viewer, async () => (await places.ofEvents([declared])).get(declared) ?? null);

describe('where places are', () => {
  it('is known to those to whom it was disclosed, and to others by the country', async () => {
    expect(await site({ kind: 'everyone' })).toMatchObject({ point: [29.36, -1.94], polygon: [{ length: 4 }] });
    expect(await site(actor('registrar'))).toMatchObject({ point: [29.36, -1.94] });
    // Its operator is named by the registration, and not by the update that has the boundary.
    expect(await site(actor('coop'))).toEqual({ country: 'RW', point: [29.36, -1.94], polygon: null });
    expect(await site(actor('trader'))).toEqual({ country: 'RW', point: null, polygon: null });
    expect(await position(actor('coop'))).toEqual([29.3611, -1.9412]);
    expect(await position(actor('trader'))).toBeNull();
  });

  it('is known by a grant that includes disclosures', async () => {
    const grant = { to: 'trader', until: '2027-01-01T00:00:00Z', disclosures: true };
    await ledger.record('grant.given', 'coop', grant);
    expect(await position(actor('trader'))).toEqual([29.3611, -1.9412]);
  });

  it('leaves out what nobody registered', async () => {
    const none = await asViewer({ kind: 'everyone' }, () => places.registered({ sites: ['none'], facilities: [] }));
    expect([...none.sites]).toEqual([]);
  });
});
