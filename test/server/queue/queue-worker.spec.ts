import { afterEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { QueueWorker } from '../../../src/server/queue/queue-worker.js';

class Auditing extends QueueWorker {
  constructor() {
    super('audit');
  }

  protected run(): Promise<null> {
    return Promise.resolve(null);
  }
}

const original = Object.getOwnPropertyDescriptor(Logger.prototype, 'error') ?? {};
afterEach(() => {
  Object.defineProperty(Logger.prototype, 'error', original);
});

it('logs an error that repeats once until a job is done', () => {
  const logged: string[] = [];
  Logger.prototype.error = ({ err }: { err: Error }) => void logged.push(err.message);
  const worker = new Auditing();
  for (let i = 0; i < 3; i += 1) worker.failed(new Error('the lock was lost'));
  worker.failed(new Error('the database is gone'));
  expect(logged).toEqual(['the lock was lost', 'the database is gone']);
  worker.done();
  worker.failed(new Error('the database is gone'));
  expect(logged).toHaveLength(3);
});
