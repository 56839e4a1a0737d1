import * as z from 'zod';

/** What `POST /v1/token` accepts (RFC 6749 §4.4, RFC 7523 §2). Other members are ignored, as OAuth demands. */
export const tokenRequest = z.object({
  grant_type: z.string().max(100).describe('client_credentials, or the name of the JWT bearer grant (RFC 7523)'),
  client_assertion_type: z.string().max(100).optional(),
  client_assertion: z.string().max(8_192).optional().describe('With client_credentials: the assertion'),
  assertion: z.string().max(8_192).optional().describe('With the JWT bearer grant: the assertion'),
  client_id: z.string().max(128).optional().describe('The actor; it must be that of the assertion'),
  scope: z.string().max(200).optional().describe('Scopes separated by spaces; absent: all that an actor may have'),
});
export type TokenRequest = z.infer<typeof tokenRequest>;

export const tokenShape = z
  .strictObject({
    access_token: z.string(),
    token_type: z.enum(['DPoP', 'Bearer']),
    expires_in: z.int().describe('Seconds'),
    scope: z.string().describe('Scopes, separated by spaces'),
  })
  .describe('RFC 6749 §5.1');
export type Token = z.infer<typeof tokenShape>;
