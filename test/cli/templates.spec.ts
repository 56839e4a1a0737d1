import { describe, expect, it } from '@jest/globals';
import { buildEvent, generateSigner } from '../../src/core/event/build.js';
import { eventTypes } from '../../src/core/event/types/index.js';
import { findJsonFault } from '../../src/cli/input/json-fault.js';
import { closest } from '../../src/cli/input/did-you-mean.js';
import { templateOf } from '../../src/cli/input/event-template.js';
import { commonClaims } from '../support/examples-of-events.js';

const LOT = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c0';

/** What `adit record` fills in: ids of lots in place of tags, and the event that each chain follows. */
function filled(type: string, body: Record<string, unknown>): Record<string, unknown> {
  let count = 0;
  const idOf = (): string => `${LOT}${(count += 1)}`;
  const chained = type === 'stock.counted' ? {} : { prev: 'A'.repeat(43) };
  const lot = (item: unknown): unknown =>
    typeof item === 'string' ? idOf() : { ...(item as object), ...chained, lot: idOf() };
  const claims = ['lots', 'inputs'].flatMap((claim) =>
    Array.isArray(body[claim]) ? [[claim, (body[claim] as unknown[]).map(lot)] as const] : [],
  );
  const outputs = Array.isArray(body.outputs)
    ? { outputs: (body.outputs as object[]).map((output) => ({ ...output, lot: idOf() })) }
    : {};
  return { ...body, ...Object.fromEntries(claims), ...outputs, ...('lot' in body ? { lot: idOf() } : {}) };
}

describe('templates of events', () => {
  const recorded = [...eventTypes.values()].filter(({ signers }) => signers.by !== 'service').map(({ type }) => type);
  it.each(recorded)('writes a body of %s that can be signed', async (type) => {
    const eventType = eventTypes.get(type);
    if (eventType === undefined) throw new Error(type);
    const { body, optional } = templateOf(eventType, Date.UTC(2026, 4, 12));
    const { signer } = generateSigner('Ed25519');
    await expect(buildEvent({ ...commonClaims, ...filled(type, body), type }, signer)).resolves.toBeDefined();
    expect(optional).toEqual(expect.arrayContaining(type === 'lot.declared' ? ['holder', 'attachments'] : []));
  });
});

describe('finding where a text stops being JSON', () => {
  it.each([
    ['{"a": 1,}', 1, 8, 'there is a comma before }'],
    ['{"a": 1\n "b": 2}', 2, 2, 'a comma or } should stand here'],
    ['{"a": 48,6}', 1, 9, 'a decimal has a point'],
    ["{'a': 1}", 1, 2, 'a name in double quotes'],
    ['{"a": \u201cx\u201d}', 1, 7, 'plain double quotes'],
    ['{"a": [1, 2', 1, 7, 'this [ is never closed'],
    ['{"a": yes}', 1, 7, 'a text stands in double quotes'],
    ['{"a": 1} x', 1, 10, 'something follows'],
    ['{"a": "x\ny"}', 1, 7, 'not closed by a double quote'],
    ['// note\n{}', 1, 1, 'JSON has no comments'],
    ['', 1, 1, 'the text ends too early'],
  ])('names the place in %j', (text, line, column, why) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(findJsonFault(text)).toEqual({ line, column, why: expect.stringContaining(why) });
  });

  it.each(['{"a":[1,-2.5e3,true,null,"\\u00e9\\n"],"b":{}}', ' [] ', '"x"', '[1,2]', '[48,6]'])('takes %s', (text) => {
    expect(findJsonFault(text)).toBeNull();
  });
});

describe('guessing what was meant', () => {
  it('names a word that differs by a letter or two, and none that does not', () => {
    expect(closest('lot.declare', eventTypes.keys())).toBe('lot.declared');
    expect(closest('casiterite', ['coltan', 'cassiterite'])).toBe('cassiterite');
    expect(closest('moon', ['coltan', 'cassiterite'])).toBeUndefined();
  });
});
