import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildEvent, generateSigner, randomToken } from '../../src/core/event/build.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { checkSignature } from '../../src/core/event/keys.js';
import { verifySignature } from '../../src/platform/verify-signature.js';

/** The door verifies with native code, everybody else with portable code: the two must never disagree. */
describe('the fast verifier of the door', () => {
  const both = async (...args: Parameters<typeof verifySignature>): Promise<boolean[]> => [
    await verifySignature(...args),
    await checkSignature(...args),
  ];

  for (const alg of ['Ed25519', 'ES256'] as const)
    it(`takes and refuses the same ${alg} signatures as the portable one`, async () => {
      const { signer } = generateSigner(alg);
      const { event } = await buildEvent(
        {
          log: 'a.org',
          type: 'event.endorsed',
          iss: 'coop',
          iat: 1,
          jti: randomToken(),
          occurredAt: '2026-05-12T08:10:00Z',
          events: [randomToken().padEnd(43, 'A')],
        },
        signer,
      );
      const { signingInput, signature } = parseEnvelope(event);
      expect(await both(signer.jwk, signingInput, signature)).toEqual([true, true]);
      await fc.assert(
        fc.asyncProperty(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const altered = Uint8Array.from(signature);
          altered[at] = (altered[at] ?? 0) ^ flip;
          expect(await both(signer.jwk, signingInput, altered)).toEqual([false, false]);
        }),
        { numRuns: 200 },
      );
    });
});
