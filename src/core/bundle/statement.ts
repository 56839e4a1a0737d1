import * as z from 'zod';
import { SERVICE_ACTOR } from '../custody/ledger-keys.js';
import type { LedgerView } from '../custody/view.js';
import { AditError } from '../errors.js';
import { isSignedBy, parseCompactJws } from '../event/envelope.js';
import type { SignatureCheck } from '../event/keys.js';
import { lotIdSchema } from '../event/primitives.js';
import { type Signer, signJws } from '../event/signer.js';
import { eventRules } from '../rules/index.js';
import { severities } from '../rules/engine/rule.js';

/**
 * What the service states of the rules that need more than one lot's history. It is signed by the service key and proves nothing
 * but that the service stated it: a bundle cannot show all deliveries of two parties, or all lots of a site.
 */

const STATEMENT_TYP = 'bundle-findings+jwt';
/** Findings in one statement at most; `more` counts the others. */
export const MAX_STATED = 50;

const count = z.int().min(0);

const statementSchema = z.strictObject({
  log: z.string().max(255),
  lot: lotIdSchema,
  /** Entries below this index had been judged. */
  judged: count,
  /** The log's time there, RFC 3339; null: it has none. */
  at: z.string().max(40).nullable(),
  findings: z
    .array(
      z.strictObject({
        rule: z.string().max(64),
        severity: z.enum(severities),
        status: z.string().max(32),
        /** Number of the bundle's lots that it is about. */
        lots: count,
        measured: z.string().max(200),
        threshold: z.string().max(200),
      }),
    )
    .max(MAX_STATED),
  more: count,
});

/** Open findings of the rules that one lot's history cannot decide, on the lots of a bundle. */
export type Statement = z.infer<typeof statementSchema>;

/** Rules that a bundle alone cannot decide. */
export const rulesOutside: readonly string[] = eventRules.flatMap(({ id, needs }) => (needs === undefined ? [] : [id]));

export const signStatement = (statement: Statement, signer: Signer): Promise<string> =>
  signJws(statement, STATEMENT_TYP, signer);

/**
 * Reads a statement. Returns a fault in words if it is no statement by a service key of this ledger on this lot.
 */
export async function readStatement(
  text: string,
  { log, lot }: Pick<Statement, 'log' | 'lot'>,
  { keys }: Pick<LedgerView, 'keys'>,
  check: SignatureCheck,
): Promise<Statement | string> {
  try {
    const jws = parseCompactJws(text, STATEMENT_TYP);
    const key = keys.get(jws.header.kid);
    if (key === undefined || key.actor !== SERVICE_ACTOR) return 'it is by no service key of this ledger';
    if (!(await isSignedBy(key.jwk, jws, check))) return 'its signature does not verify';
    const parsed = statementSchema.safeParse(jws.payload);
    if (!parsed.success) return 'it has another form';
    if (parsed.data.log !== log || parsed.data.lot !== lot) return 'it is about another lot';
    return parsed.data;
  } catch (error) {
    if (error instanceof AditError) return error.detail;
    throw error;
  }
}
