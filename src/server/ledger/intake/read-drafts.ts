import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { draftText } from '../../../core/event/signer.js';
import { type PublicJwk, algOf, publicJwkSchema, thumbprint } from '../../../core/event/keys.js';
import { type IntakeCheck, checkDraft } from './check-event.js';
import { KeyRing } from '../key-ring.js';
import { LedgerIdentity } from '../ledger-identity.js';

/** A signed event as it would be sent, or the claims of one that is not signed yet. */
export type DryRunItem = string | Readonly<Record<string, unknown>>;

/** Items as texts of events; unsigned ones are in `drafts` by their number, checked except for the signature. */
export interface ReadItems {
  texts: string[];
  drafts: Map<number, IntakeCheck>;
}

type DraftKey = Parameters<typeof draftText>[1];

/** Writes claims as the text of an event without its signature. */
@Injectable()
export class ReadDrafts {
  constructor(
    private readonly identity: LedgerIdentity,
    private readonly keys: KeyRing,
  ) {}

  async read(items: readonly DryRunItem[]): Promise<ReadItems> {
    const texts: string[] = [];
    const drafts = new Map<number, IntakeCheck>();
    /** Keys of actors that an item registers, for the later items. */
    const brought = new Map<string, DraftKey>();
    for (const [i, item] of items.entries()) {
      if (typeof item === 'string') {
        texts.push(item);
        continue;
      }
      const { text, checked } = await this.readOne(item, brought);
      texts.push(text);
      drafts.set(i, checked);
    }
    return { texts, drafts };
  }

  private async readOne(
    claims: Readonly<Record<string, unknown>>,
    brought: Map<string, DraftKey>,
  ): Promise<{ text: string; checked: IntakeCheck }> {
    for (const [actor, key] of keysIn(claims)) if (!brought.has(actor)) brought.set(actor, key);
    const iss = typeof claims.iss === 'string' ? claims.iss : '';
    try {
      const key = await this.keyOf(iss, brought);
      const text = draftText({ ...claims }, key ?? STRANGER);
      if (key === null)
        throw new AditError('key-unknown', iss === '' ? 'The claim iss is missing.' : `There is no actor ${iss}.`);
      return { text, checked: await checkDraft(text, this.identity.origin) };
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      const { code, detail, errors } = error;
      return { text: '', checked: { event: null, id: null, error: { code, detail, errors } } };
    }
  }

  private async keyOf(actor: string, brought: ReadonlyMap<string, DraftKey>): Promise<DraftKey | null> {
    const found = await this.keys.ofActor(actor);
    return found === null ? (brought.get(actor) ?? null) : { kid: found.kid, alg: algOf(found.jwk) };
  }
}

/** A key of no actor. */
const STRANGER: DraftKey = { alg: 'Ed25519', kid: 'A'.repeat(43) };

/** Returns the actors to which these claims give a key, with the key. */
function* keysIn({ type, actor, key, registrar }: Readonly<Record<string, unknown>>): Generator<[string, DraftKey]> {
  const given = type === 'ledger.opened' ? registrar : { actor, key };
  if (type !== 'ledger.opened' && type !== 'actor.registered' && type !== 'key.added') return;
  const { actor: id, key: jwk } = (given ?? {}) as { actor?: unknown; key?: unknown };
  const parsed = publicJwkSchema.safeParse(jwk);
  if (typeof id === 'string' && parsed.success) yield [id, draftKeyOf(parsed.data)];
}

const draftKeyOf = (jwk: PublicJwk): DraftKey => ({ kid: thumbprint(jwk), alg: algOf(jwk) });
