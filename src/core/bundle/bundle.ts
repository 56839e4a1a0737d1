import * as z from 'zod';
import { AditError } from '../errors.js';
import { parseJsonFile } from '../event/grammar.js';
import { lotIdSchema } from '../event/primitives.js';
import { decodeBase64, encodeBase64 } from '../log/base64.js';
import { MAX_NOTE_LENGTH } from '../log/note.js';
import type { IndexProof } from '../log/sealed-index.js';
import { HASH_BYTES } from '../log/tree.js';

export const BUNDLE_FORMAT = 'adit-bundle/1';
/** Characters of a bundle at most. */
export const MAX_BUNDLE_LENGTH = 256 * 1024 * 1024;
/** Events in one bundle at most. */
export const MAX_EVENTS = 50_000;
/** Characters of the statement of the service at most. */
const MAX_STATEMENT_LENGTH = 45_000;
/** Earlier sizes that a reader may request at most. */
export const MAX_SIZES = 16;

const count = z.int().min(0);
const hash = z.string().length(44);

/** Describes the JSON of a bundle. */
export const bundleSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  log: z.string().min(1).max(255),
  lot: lotIdSchema,
  /** The keys that the bundle's author claims: a hint for a reader that has no trusted key yet. */
  hints: z.strictObject({ logKey: z.string().max(1_000) }),
  checkpoint: z.string().max(MAX_NOTE_LENGTH),
  events: z
    .array(z.strictObject({ index: count, event: z.string().max(300_000) }))
    .min(1)
    .max(MAX_EVENTS),
  /** Earlier sizes of the log whose roots the reader requested, to verify that this log extends the one seen before. */
  sizes: z.array(z.int().min(1)).max(MAX_SIZES).optional(),
  nodes: z.string(),
  /** What the service states of the rules that need more than this history (`statement.ts`). */
  stated: z.string().max(MAX_STATEMENT_LENGTH).optional(),
  index: z
    .strictObject({
      event: count,
      shape: z.string().regex(/^[NEKL]*$/),
      hashes: z.string(),
      others: z.array(z.strictObject({ key: hash, count, digest: hash })),
    })
    .nullable(),
});

/** A provenance bundle as JSON (protocol.md §6; every field: docs/event-format.md). Nothing in it is verified. */
export type BundleJson = z.infer<typeof bundleSchema>;

/** A bundle whose fields are decoded. */
export interface Bundle extends Omit<BundleJson, 'sizes' | 'nodes' | 'index'> {
  sizes: readonly number[];
  /** The proof (`core/log/partial-tree.ts`) of all events, of each size that an event has `seen`, and of `sizes`. */
  nodes: Uint8Array[];
  /** The proof under the root of the `index.sealed` at position `event`. */
  index: ({ event: number } & IndexProof) | null;
}

const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

/** Encodes concatenated hashes in base64. */
export function encodeHashes(hashes: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [i, each] of hashes.entries()) bytes.set(each, i * HASH_BYTES);
  return encodeBase64(bytes);
}

function decodeHashes(text: string, name: string): Uint8Array[] {
  const bytes = decodeBase64(text);
  if (bytes === null || bytes.length % HASH_BYTES !== 0) throw malformed(`${name} is not a list of hashes in base64.`);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

function oneHash(text: string): Uint8Array {
  const [only] = decodeHashes(text, 'A leaf of the index');
  if (only === undefined) throw malformed('A leaf of the index is not 32 bytes in base64.');
  return only;
}

/** Parses a bundle. Throws `request-invalid` if it is malformed, or its events are not in order. */
export function parseBundle(text: string): Bundle {
  const parsed = bundleSchema.safeParse(parseJsonFile(text, 'The bundle', MAX_BUNDLE_LENGTH));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw malformed(`This is no bundle: ${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`);
  }
  const { sizes = [], nodes, index, ...bundle } = parsed.data;
  for (const [i, { index: at }] of bundle.events.entries())
    if (i > 0 && at <= (bundle.events[i - 1]?.index ?? 0))
      throw malformed('The events of a bundle stand in the order of the log, none twice.');
  return {
    ...bundle,
    sizes,
    nodes: decodeHashes(nodes, 'nodes'),
    index:
      index === null
        ? null
        : {
            event: index.event,
            shape: index.shape,
            hashes: decodeHashes(index.hashes, 'index/hashes'),
            others: index.others.map((leaf) => ({ ...leaf, key: oneHash(leaf.key), digest: oneHash(leaf.digest) })),
          },
  };
}
