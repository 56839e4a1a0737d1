import { describe, expect, it } from '@jest/globals';
import { DatabaseUnavailableError, patiently } from '../../../src/server/database/patiently.js';

const busy = (): Error => new Error('timeout exceeded when trying to connect');

describe('asking a database of a busy machine', () => {
  it('tries again with a word, and gives what comes of it', async () => {
    const said: string[] = [];
    let asked = 0;
    const work = async (): Promise<string> => {
      asked += 1;
      if (asked < 3) throw busy();
      return 'done';
    };
    expect(await patiently(work, (message) => said.push(message), 0)).toBe('done');
    expect(said).toEqual([
      'The database does not answer (timeout exceeded when trying to connect); retrying (2 of 5).',
      'The database does not answer (timeout exceeded when trying to connect); retrying (3 of 5).',
    ]);
  });

  it('ends in words where it never answers', async () => {
    const never = (): Promise<void> => Promise.reject(busy());
    const failed = patiently(never, () => undefined, 0);
    await expect(failed).rejects.toThrow(DatabaseUnavailableError);
    await expect(failed).rejects.toThrow('did not answer in 5 attempts: timeout exceeded');
  });

  it('does not try again what failed for another reason', async () => {
    let asked = 0;
    const wrong = async (): Promise<void> => {
      asked += 1;
      throw new Error('no such table');
    };
    await expect(patiently(wrong, () => undefined, 0)).rejects.toThrow('no such table');
    expect(asked).toBe(1);
  });
});
