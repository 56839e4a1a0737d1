export const outboxStates = ['signed', 'sent', 'waiting', 'accepted', 'refused'] as const;
/**
 * State of a signed event that is stored before it is sent. `signed`: stored, not sent; `sent`: sent, without an answer;
 * `waiting`: the ledger waits for its parent; `accepted` and `refused`: final.
 */
export type OutboxState = (typeof outboxStates)[number];

export const isSettled = (state: OutboxState): boolean => state === 'accepted' || state === 'refused';

/** What the ledger answered to an event. */
export interface OutboxAnswer {
  index?: number | undefined;
  receipt?: string | undefined;
  missing?: string[] | undefined;
  code?: string | undefined;
  detail?: string | undefined;
}
