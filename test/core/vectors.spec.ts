import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkPresenter, readPresentation } from '../../src/core/bundle/presentation.js';
import { AditError } from '../../src/core/errors.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { type AditEvent, readEvent } from '../../src/core/event/event.js';
import { lotId } from '../../src/core/event/ids.js';
import { type PublicJwk, checkSignature } from '../../src/core/event/keys.js';
import { readRefusal } from '../../src/core/event/refusal.js';
import { encodeBase64 } from '../../src/core/log/base64.js';
import { checkTlogProof } from '../../src/core/log/proof-file.js';
import { leafHash } from '../../src/core/log/tree.js';
import { makeVectors } from '../support/make-vectors.js';
import { eventIdOf, lotIdOf } from '../support/outside-client.js';

const LOG = 'example.org/tin';

function vectors<Case>(name: string): { cases: Case[]; [member: string]: unknown } {
  return JSON.parse(readFileSync(`docs/vectors/${name}`, 'utf8')) as { cases: Case[] };
}

/** The code with which something is refused, or null. */
async function codeOf(attempt: () => unknown): Promise<string | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof AditError) return error.code;
    throw error;
  }
}

async function verified(text: string, key: PublicJwk): Promise<AditEvent> {
  const envelope = parseEnvelope(text);
  if (!(await checkSignature(key, envelope.signingInput, envelope.signature)))
    throw new AditError('signature-invalid', 'The signature does not verify.');
  return readEvent(envelope, LOG);
}

function publicPart(key: unknown): PublicJwk {
  const copy: Record<string, unknown> = { ...(key as object) };
  delete copy.d;
  return copy as PublicJwk;
}

it('writes the published vectors, and no others', async () => {
  const made = await makeVectors();
  expect(readdirSync('docs/vectors').toSorted()).toEqual([...Object.keys(made), 'README.md'].toSorted());
  for (const [name, content] of Object.entries(made))
    expect(vectors(name)).toEqual(JSON.parse(JSON.stringify(content)));
});

describe('the published vectors', () => {
  it.each(vectors<{ log: string; iss: string; jti: string; output: number; lot: string }>('lot-ids.json').cases)(
    'derive lot $lot, here and in code that is not ours',
    ({ log, iss, jti, output, lot }) => {
      expect([lotId(log, iss, jti, output), lotIdOf(log, iss, jti, output)]).toEqual([lot, lot]);
    },
  );

  const events = vectors<{ payload: string; jws: string; id: string; leaf: string }>('events.json');
  it.each(events.cases)('sign, name and hash event $id', async ({ payload, jws, id, leaf }) => {
    const event = await verified(`${jws}~`, publicPart(events.key));
    expect([event.id, eventIdOf(jws), encodeBase64(leafHash(jws))]).toEqual([id, id, leaf]);
    expect(event.payload).toEqual(JSON.parse(payload));
  });

  const told = vectors<{ name: string; event: string; id?: string; place?: object; code: string | null }>(
    'disclosures.json',
  );
  it.each(told.cases)('judge an event with $name', async ({ event, id, place, code }) => {
    expect(await codeOf(() => verified(event, publicPart(told.key)))).toBe(code);
    if (code !== null) return;
    const read = await verified(event, publicPart(told.key));
    const disclosed = Object.fromEntries(read.disclosures.map(({ name, value }) => [name, value]));
    expect([read.id, { site: read.place?.site, ...disclosed }]).toEqual([id, place]);
  });

  const lies = vectors<{ lie: string; event: string; code: string }>('refused-events.json');
  it.each(lies.cases)('refuse an event with $lie', async ({ event, code }) => {
    expect(await codeOf(() => verified(event, publicPart(lies.key)))).toBe(code);
  });

  const refusals = vectors<{ name: string; jws: string; event?: string; code: string | null }>('refusals.json');
  it.each(refusals.cases)('judge $name', async ({ jws, event, code }) => {
    const read = () => readRefusal(jws, refusals.serviceKey as PublicJwk);
    expect(await codeOf(read)).toBe(code);
    if (code === null) expect((await read()).event).toBe(event);
  });

  const receipts = vectors<{ name: string; event: string; proof: string; verdict: string }>('receipts.json');
  it.each(receipts.cases)('judge a receipt of $name', ({ event, proof, verdict }) => {
    const checked = checkTlogProof(proof, leafHash(event.split('~')[0] ?? ''), [receipts.logKey as string]);
    expect(checked.ok ? 'verified' : checked.reason).toBe(verdict);
  });

  const presented = vectors<{
    name: string;
    presentation: string;
    shown?: object;
    presenter?: string;
    code: string | null;
  }>('presentations.json');
  it.each(presented.cases)('present: $name', async ({ presentation, shown, presenter, code }) => {
    expect(
      await codeOf(async () => {
        const read = readPresentation(presentation);
        expect(await checkPresenter(read, [publicPart(presented.key)], checkSignature)).toBe(presenter);
        expect(await checkPresenter(read, [], checkSignature)).toBe('unknown');
        const disclosed = read.event.disclosures.map(({ pointer, value }) => [pointer, value] as const);
        expect([read.to, Object.fromEntries(disclosed)]).toEqual([presented.to, shown]);
      }),
    ).toBe(code);
  });
});
