import { leafHash } from '../../../src/core/log/tree.js';
import { withFileLock } from '../../../src/platform/file-lock.js';
import { Guard } from '../../../src/server/transparency/guard.js';

/** A second process for the guard's tests: moves a guard forward as often as it is told, or dies holding its lock. */
const [, , path = '', origin = '', task = ''] = process.argv;

if (task === 'die') {
  withFileLock(`${path}.lock`, () => process.kill(process.pid, 'SIGKILL'));
} else {
  const guard = new Guard(path, origin);
  for (let moves = 0; moves < Number(task);) {
    const state = guard.read();
    const size = state.size + 1;
    if (guard.compareAndSwap(state, { origin, size, root: leafHash(`${process.pid} ${size}`) })) moves += 1;
  }
}
