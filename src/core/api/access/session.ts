import * as z from 'zod';
import { type Scope, scopes } from '../../access/scopes.js';

/** A secret, or a JWS in compact form. */
const compact = (most: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9._~-]+$/, 'has other characters than it may')
    .max(most);

/** What `POST /v1/session` accepts: one proof of who signs in. */
export const newSession = z
  .strictObject({
    secret: compact(500).optional().describe('The secret of a sign-in link, which works once'),
    assertion: compact(8_192).optional().describe('An assertion signed by the key of an actor (RFC 7523)'),
  })
  .refine(({ secret, assertion }) => (secret === undefined) !== (assertion === undefined), {
    message: 'must have either a secret or an assertion',
  });
export type NewSession = z.infer<typeof newSession>;

export const sessionShape = z.strictObject({
  kind: z.enum(['nobody', 'everyone', 'actor', 'operator', 'share']).describe('How this service sees you'),
  actor: z.string().nullable(),
  scopes: z.array(z.enum(Object.keys(scopes) as [Scope, ...Scope[]])).readonly(),
  until: z.iso.datetime().nullable().describe('End of the session of a browser; null: not signed in by a cookie'),
  csrf: z
    .string()
    .nullable()
    .describe(
      'With a session of a browser: the value of the header x-csrf-token of every request that changes something',
    ),
});
export type Session = z.infer<typeof sessionShape>;

export const signInLinkShape = z.strictObject({
  url: z.string().describe('To open in a browser, once'),
  until: z.iso.datetime(),
});
export type SignInLink = z.infer<typeof signInLinkShape>;
