import { describe, expect, it } from '@jest/globals';
import { AditClient } from '../../src/client/adit-client.js';
import { signDraft } from '../../src/client/record-event.js';
import { type PendingEvent, type SentChanges, pauseAfter, sendPending } from '../../src/client/send-pending.js';
import { isSettled } from '../../src/client/outbox-state.js';
import { AditError } from '../../src/core/errors.js';
import { generateSigner, keptKeyOf, signerFromKept } from '../../src/core/event/signer.js';

type Stored = PendingEvent & SentChanges;

/** Signs closings of lots, each stored as not yet sent. */
async function outbox(count: number): Promise<Stored[]> {
  const { privateJwk } = generateSigner('Ed25519');
  const signer = signerFromKept(await keptKeyOf(privateJwk));
  const drafts = Array.from({ length: count }, () => ({
    type: 'event.endorsed',
    iss: 'trader',
    body: { events: ['A'.repeat(43)] },
  }));
  const built = await Promise.all(drafts.map((draft) => signDraft('example.org/tin', draft, signer)));
  return built.map(({ id, event }) => ({ id, event, state: 'signed', attempts: 0 }));
}

const storeOf = (entries: Stored[]) => ({
  pending: () => Promise.resolve(entries.filter(({ state }) => !isSettled(state)).map((entry) => ({ ...entry }))),
  update: ({ id }: Stored, changes: SentChanges): Promise<void> => {
    const entry = entries.find((each) => each.id === id);
    if (entry !== undefined && !isSettled(entry.state)) Object.assign(entry, changes);
    return Promise.resolve();
  },
});

const answer = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const accepted = (): Response => answer(201, { id: 'x', index: 7, receipt: 'proof' });
const problem = (status: number, code: string): Response =>
  answer(status, { type: '', title: '', status, code, detail: `because ${code}` });

/** A ledger that answers each event by its number, and lists what it was sent. */
function ledger(answers: (sent: number) => Response | Error): { client: AditClient; sent: string[] } {
  const sent: string[] = [];
  const fetcher = (_address: unknown, options?: { body?: unknown }): Promise<Response> => {
    sent.push((JSON.parse(options?.body as string) as { event: string }).event);
    const given = answers(sent.length);
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  };
  return { client: new AditClient('http://ledger', fetcher, () => Promise.resolve()), sent };
}

describe('sending what an outbox has', () => {
  it('sends in the order of signing, unchanged, and stores the answers', async () => {
    const entries = await outbox(3);
    const { client, sent } = ledger(accepted);
    expect(await sendPending(client, storeOf(entries), () => 0)).toBe(false);
    expect(sent).toEqual(entries.map(({ event }) => event));
    expect(entries.map(({ state, attempts, triedAt }) => [state, attempts, triedAt])).toEqual(
      entries.map(() => ['accepted', 1, '1970-01-01T00:00:00.000Z']),
    );
  });

  it('keeps every event while the service fails for an hour, and sends the same bytes after that', async () => {
    const entries = await outbox(2);
    const texts = entries.map(({ event }) => event);
    const failing = ledger(() => new Response('<h1>500</h1>', { status: 500 }));
    let waited = 0;
    for (let failures = 0; waited < 3_600_000; failures += 1) {
      expect(await sendPending(failing.client, storeOf(entries))).toBe(true);
      waited += pauseAfter(failures);
    }
    expect(entries.map(({ state }) => state)).toEqual(['sent', 'signed']);
    const working = ledger((sent) => (sent === 1 ? answer(200, { id: 'x', index: 7, receipt: 'proof' }) : accepted()));
    expect(await sendPending(working.client, storeOf(entries))).toBe(false);
    expect(working.sent).toEqual(texts);
    expect(entries.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  });

  it('settles what is refused with its reason, and goes on', async () => {
    const entries = await outbox(3);
    const { client } = ledger((sent) => (sent === 2 ? problem(409, 'not-holder') : accepted()));
    expect(await sendPending(client, storeOf(entries))).toBe(false);
    expect(entries.map(({ state }) => state)).toEqual(['accepted', 'refused', 'accepted']);
    expect(entries[1]?.answer).toEqual({ code: 'not-holder', detail: 'because not-holder' });
  });

  it('passes over an event that fails alone, and tries it again later', async () => {
    const entries = await outbox(2);
    const { client } = ledger((sent) => (sent === 1 ? problem(500, 'internal') : accepted()));
    expect(await sendPending(client, storeOf(entries))).toBe(true);
    expect(entries.map(({ state }) => state)).toEqual(['sent', 'accepted']);
  });

  it('waits with the ledger for a parent', async () => {
    const entries = await outbox(1);
    const { client } = ledger(() => answer(202, { id: 'x', status: 'waiting', missing: ['y'], expiresAt: '' }));
    expect(await sendPending(client, storeOf(entries))).toBe(true);
    expect(entries[0]).toMatchObject({ state: 'waiting', answer: { missing: ['y'] } });
  });

  it('pauses longer after each failure, up to a minute', () => {
    expect([0, 1, 2, 10, 1_000].map(pauseAfter)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  });
});

describe('a key that WebCrypto keeps', () => {
  it('signs, and cannot be read', async () => {
    for (const alg of ['Ed25519', 'ES256'] as const) {
      const { privateJwk, signer } = generateSigner(alg);
      const kept = await keptKeyOf(privateJwk);
      expect(signerFromKept(kept).kid).toBe(signer.kid);
      await expect(crypto.subtle.exportKey('jwk', kept.key)).rejects.toThrow();
    }
    const [one, other] = [generateSigner('Ed25519').privateJwk, generateSigner('Ed25519').privateJwk];
    await expect(keptKeyOf({ ...one, d: other.d })).rejects.toThrow(AditError);
  });
});
