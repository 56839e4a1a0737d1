import * as z from 'zod';
import { line, requestTime } from '../values.js';
import { named } from '../named.js';

/** Describes a share link to be made for a lot (`POST /v1/lots/{id}/shares`). */
export const newShare = z.strictObject({
  expiresAt: requestTime.describe('At most two years ahead'),
  label: line(200).optional().describe('For whom or what it is; only its maker sees it'),
  disclosures: z
    .boolean()
    .default(false)
    .describe('Whether it shows the disclosures that its maker may see of the lot'),
});
export type NewShare = z.infer<typeof newShare>;

/** The secret of a share link, from the browser that opened it (`POST /v1/shared`). */
export const openedShare = z.strictObject({ secret: line(100) });
export type OpenedShare = z.infer<typeof openedShare>;

const share = {
  id: z.uuid(),
  lot: z.string(),
  label: z.string().nullable(),
  disclosures: z.boolean(),
  createdAt: z.string(),
  expiresAt: z.string(),
  withdrawnAt: z.string().nullable(),
  uses: z.int().describe('Answers about the lot that the link was used for'),
  lastUsedAt: z.string().nullable(),
};
export const shareShape = named('Share', share);
export type Share = z.infer<typeof shareShape>;

export const madeShareShape = named('MadeShare', {
  ...share,
  secret: z.string().describe('Shown this once; sent as `Authorization: Share <secret>`'),
  url: z.string().describe('The link for people; its secret is behind the #, which browsers send to no server'),
});
export type MadeShare = z.infer<typeof madeShareShape>;

/** Describes what a share link shows, to who has it (`GET /v1/shared`). */
export const sharedShape = named('Shared', {
  lot: z.string(),
  disclosures: z.boolean(),
  expiresAt: z.string(),
  until: z.int().nullable().describe('Index of the last entry that it shows; null: all up to now'),
});
export type Shared = z.infer<typeof sharedShape>;

export const accessShape = named('Access', {
  at: z.string(),
  viewer: z.string().describe('`actor:<id>`, `share:<id>` or `operator`'),
  route: z.string().describe('What was read, such as `/v1/lots/:id/report`'),
});
export type Access = z.infer<typeof accessShape>;
