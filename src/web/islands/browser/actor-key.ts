import { type ActorKey, database } from './database.js';

/** The one key of this browser: who signs in next replaces it. */
const KEPT = 'kept';

/** Keeps the key of an actor in this browser alone; nothing can read its private part again. */
export const keepKey = async (key: ActorKey): Promise<void> => {
  await (await database()).put('keys', key, KEPT);
};

/** Returns the key that this browser keeps. */
export const keptKey = async (): Promise<ActorKey | undefined> => (await database()).get('keys', KEPT);

export const forgetKey = async (): Promise<void> => (await database()).delete('keys', KEPT);
