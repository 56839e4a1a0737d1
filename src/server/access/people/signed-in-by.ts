import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ActorKeys } from '../actor-keys.js';
import { OperatorToken } from '../operator-token.js';
import { KnownPeople } from './known-people.js';

const PERSON = 'person:';

/** Names the sign-in of a person through the identity provider. */
export const byPerson = (id: string): string => `${PERSON}${id}`;

/** Whether what a session began with is a person of the identity provider. */
export const isPerson = (by: string): boolean => by.startsWith(PERSON);

/**
 * Decides whether what a session began with is still in force: the key of an actor, a person of the identity provider, or the
 * operator's token. A session ends with it.
 */
@Injectable()
export class SignedInBy {
  constructor(
    private readonly keys: ActorKeys,
    private readonly operator: OperatorToken,
    private readonly people: KnownPeople,
  ) {}

  /** Names the sign-in by the operator's token. */
  get operatorToken(): string {
    return this.operator.fingerprint;
  }

  /** @param actor null: the operator. */
  async isInForce(by: string, actor: string | null): Promise<boolean> {
    if (isPerson(by)) {
      const person = await this.people.recent(by.slice(PERSON.length));
      return person !== null && person.actor === actor;
    }
    if (actor === null) return same(by, this.operator.fingerprint);
    const key = await this.keys.recent(by);
    return key !== null && key.isActive && key.actor === actor;
  }
}

/** Compares in a time that does not depend on the texts. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
