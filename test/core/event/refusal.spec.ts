import { describe, expect, it } from '@jest/globals';
import { generateSigner } from '../../../src/core/event/build.js';
import { parseCompactJws } from '../../../src/core/event/envelope.js';
import { type Refusal, buildRefusal, readRefusal } from '../../../src/core/event/refusal.js';
import { handKey, handMade, headerOf } from '../../support/hand-made-jws.js';
import { EVENT_1, LOG, LOT_1 } from '../../support/examples-of-events.js';

const refusal: Refusal = {
  log: LOG,
  event: EVENT_1,
  code: 'head-moved',
  heads: { [LOT_1]: EVENT_1 },
  size: 812,
  iat: 1778566201,
};
const key = handKey('Ed25519');
const byHand = (changes: Record<string, unknown>): string =>
  handMade(key, { header: headerOf(key, 'refusal+jwt'), payload: { ...refusal, ...changes } });

describe('a signed refusal', () => {
  it.each(['Ed25519', 'ES256'] as const)(
    'says by %s exactly what it was given, under a typ of its own',
    async (alg) => {
      const { signer } = generateSigner(alg);
      const jws = await buildRefusal(refusal, signer);
      const { header, payload } = parseCompactJws(jws, 'refusal+jwt');
      expect(header).toEqual({ alg, kid: signer.kid, typ: 'refusal+jwt' });
      expect(payload).toEqual(refusal);
      expect(await readRefusal(jws, signer.jwk)).toEqual(refusal);
    },
  );

  it('may be about something in which no event was found', async () => {
    const { signer } = generateSigner('Ed25519');
    const jws = await buildRefusal({ ...refusal, event: null, heads: {}, code: 'event-malformed' }, signer);
    expect(await readRefusal(jws, signer.jwk)).toMatchObject({ event: null, heads: {} });
  });

  it('counts only if this service signed it, as a refusal', async () => {
    expect(await readRefusal(byHand({}), key.jwk)).toEqual(refusal);
    const other = handKey('Ed25519');
    const underOurName = handMade(other, { header: headerOf(key, 'refusal+jwt'), payload: refusal });
    await expect(readRefusal(underOurName, key.jwk)).rejects.toMatchObject({ code: 'signature-invalid' });
    const underOtherName = handMade(key, { header: headerOf(other, 'refusal+jwt'), payload: refusal });
    await expect(readRefusal(underOtherName, key.jwk)).rejects.toMatchObject({ code: 'signature-invalid' });
    await expect(readRefusal(byHand({}), other.jwk)).rejects.toMatchObject({ code: 'signature-invalid' });
    await expect(readRefusal(handMade(key, { payload: refusal }), key.jwk)).rejects.toMatchObject({
      code: 'header-invalid',
    });
  });

  it.each([{ code: 'no-such-code' }, { more: 1 }, { size: '812' }, { heads: [] }, { event: undefined }])(
    'is refused itself where it says %j',
    async (changes) => {
      await expect(readRefusal(byHand(changes), key.jwk)).rejects.toMatchObject({ code: 'schema-invalid' });
    },
  );
});
