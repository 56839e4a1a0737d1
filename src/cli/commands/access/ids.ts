import { CommandError, EXIT } from '../../output/terminal.js';

/** Formats a time as day and minute. */
export const timeText = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** Characters of an id of an event in lists. */
const SHORT = 8;

export const shortText = (id: string): string => id.slice(0, SHORT);

/**
 * Finds the one thing whose id is or begins with a text.
 * @param what its name and the command that lists such things.
 */
export async function oneById<T>(
  all: AsyncIterable<T> | Iterable<T>,
  idOf: (one: T) => string,
  begin: string,
  what: { name: string; list: string },
): Promise<T> {
  const found: T[] = [];
  if (begin.length >= SHORT) for await (const one of all) if (idOf(one).startsWith(begin)) found.push(one);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const problem =
    begin.length < SHORT
      ? `${begin} is too short for an id: give ${SHORT} characters or more.`
      : only === undefined
        ? `There is no ${what.name} ${begin}.`
        : `${found.length} ids begin with ${begin}.`;
  throw new CommandError(problem, `"${what.list}" lists them.`, only === undefined ? EXIT.error : EXIT.usage);
}
