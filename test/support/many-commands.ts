import { writeSync } from 'node:fs';
import { run } from '../../src/cli/run.js';

/**
 * Runs many commands of `adit` in one process, on whatever this process's output is: a pipe or a terminal. The argument
 * is a JSON list of argument lists; after each command a line with the mark, its number and its exit code is written.
 */
export const MARK = '\u0002ended';

const [, , list = '[]'] = process.argv;
for (const [number, args] of (JSON.parse(list) as string[][]).entries()) {
  process.exitCode = 0;
  await run(['node', 'adit', ...args]);
  writeSync(1, `${MARK} ${number} ${process.exitCode}\n`);
}
process.exitCode = 0;
