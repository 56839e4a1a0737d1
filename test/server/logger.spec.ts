import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from '../../src/server/logger.js';

function logged(write: (logger: JsonLogger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(new JsonLogger('info', { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const CANARY = 'canary-91x';

describe('writing the log', () => {
  it('keeps secrets and events out of it', () => {
    const error = Object.assign(new Error(`connect postgres://adit:${CANARY}@host/db failed`), { query: CANARY });
    const lines = logged((logger) => {
      logger.error({ msg: 'failed', err: error, headers: { authorization: CANARY }, event: CANARY }, 'http');
      logger.warn(`lost redis://:${CANARY}@host`, 'queue');
      logger.error(error, 'start');
      logger.error('failed', `Error at postgres://adit:${CANARY}@host`, 'nest');
    });
    expect(lines.length).toBe(4);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(lines[0]).toMatchObject({ msg: 'failed', context: 'http', err: { type: 'Error' } });
  });

  it('leaves out what is below its level', () => {
    expect(logged((logger) => logger.debug('quiet', 'x'))).toEqual([]);
  });
});
