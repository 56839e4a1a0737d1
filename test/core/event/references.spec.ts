import { describe, expect, it } from '@jest/globals';
import { readEvent } from '../../../src/core/event/event.js';
import { lotId } from '../../../src/core/event/ids.js';
import { references } from '../../../src/core/event/references.js';
import type { EventTypeName } from '../../../src/core/event/types/index.js';
import {
  EVENT_1,
  EVENT_2,
  envelopeOf,
  examplePayload,
  examples,
  KID,
  LOG,
  LOT_1,
  LOT_2,
  commonClaims,
} from '../../support/examples-of-events.js';

const of = (type: EventTypeName, changes: Record<string, unknown> = {}) =>
  references(readEvent(envelopeOf(examplePayload(type, changes)), LOG));

const nothing = { actors: ['coop'], kids: [KID], sites: [], facilities: [], lots: [], outputs: [], events: [] };

/** The first lot that an example brings into being. */
const OUTPUT = lotId(commonClaims.log, commonClaims.iss, commonClaims.jti, 0);

describe('what an event refers to', () => {
  it('is at least its signer and the key, for every type', () => {
    for (const type of Object.keys(examples) as EventTypeName[]) {
      const found = of(type);
      expect(found.actors).toContain(examplePayload(type).iss);
      expect(found.kids).toContain(KID);
      for (const list of [found.actors, found.kids, found.sites, found.facilities, found.events]) {
        expect(new Set(list).size).toBe(list.length);
      }
    }
  });

  it('is site, holder and outputs for a declaration', () => {
    expect(of('lot.declared', { holder: 'coop-2', place: { site: 'hill', facility: 'mill' } })).toEqual({
      ...nothing,
      actors: ['coop', 'coop-2'],
      sites: ['hill'],
      facilities: ['mill'],
      outputs: [OUTPUT],
    });
  });

  it('is receiver, carrier and lots with their heads for a handover', () => {
    const lots = [{ lot: LOT_1, prev: EVENT_1 }];
    expect(of('custody.dispatched', { carrier: 'haulier' })).toEqual({
      ...nothing,
      actors: ['coop', 'trader', 'haulier'],
      lots,
      events: [EVENT_1],
    });
    expect(of('custody.received', { iss: 'trader' })).toEqual({
      ...nothing,
      actors: ['trader', 'coop'],
      lots,
      events: [EVENT_1],
    });
  });

  it('is inputs with their heads and outputs for a transformation', () => {
    expect(of('lot.aggregated')).toEqual({
      ...nothing,
      lots: [
        { lot: LOT_1, prev: EVENT_1 },
        { lot: LOT_2, prev: EVENT_2 },
      ],
      outputs: [OUTPUT],
      events: [EVENT_1, EVENT_2],
    });
  });

  it('is lots without a head for what does not extend their chains', () => {
    const lots = [{ lot: LOT_1, prev: null }];
    expect(of('lot.held')).toEqual({ ...nothing, lots });
    expect(of('lot.released')).toEqual({ ...nothing, lots });
    expect(of('assay.certified')).toEqual({ ...nothing, lots });
    expect(of('certificate.issued', { importer: 'smelter' })).toEqual({
      ...nothing,
      actors: ['coop', 'kigali-export', 'smelter'],
      lots,
    });
    expect(of('event.refused')).toEqual({ ...nothing, actors: ['ledger', 'trader'], lots });
  });
});

describe('what an event refers to without touching lots', () => {
  it('is targets for an endorsement', () => {
    expect(of('event.endorsed', { events: [EVENT_1, EVENT_2] })).toEqual({ ...nothing, events: [EVENT_1, EVENT_2] });
  });

  it('is actors, keys, sites and facilities for the registry', () => {
    expect(of('actor.registered', { iss: 'registrar', actor: 'coop' })).toEqual({
      ...nothing,
      actors: ['registrar', 'coop'],
    });
    expect(of('key.revoked', { kid: EVENT_1 })).toEqual({ ...nothing, kids: [KID, EVENT_1] });
    expect(of('site.registered', { licence: { kind: 'artisanal', holder: 'union' } })).toEqual({
      ...nothing,
      actors: ['coop', 'union'],
      sites: ['hill'],
    });
    expect(of('tags.issued', { issuer: 'agent' })).toEqual({ ...nothing, actors: ['coop', 'agent'], sites: ['hill'] });
    expect(of('facility.registered', { operator: 'trader' })).toEqual({
      ...nothing,
      actors: ['coop', 'trader'],
      facilities: ['depot'],
    });
  });
});
