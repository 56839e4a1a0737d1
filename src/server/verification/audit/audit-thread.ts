import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { AuditAnswer, AuditCommand, AuditOrder } from './audit-in-thread.js';
import { AuditPace, AuditStopped } from './audit-pace.js';
import { examineLog } from './examine-log.js';
import { JudgeAgain } from './rebuild/judge-again.js';
import { RuleParameters } from '../../config/rule-parameters.js';

/** Thread of `AuditInThread`: examines the log once, returns the result, and ends. */

/** One connection reads the pieces, one measures how busy the log is. */
const CONNECTIONS = 3;
/** Priority of the thread and of its database processes, so that the rest of the service runs first. */
const NICENESS = 10;

/** Lowers the priority of this thread by its thread id on Linux; elsewhere it does nothing. */
function lowerThread(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch {
    // The audit also works at normal priority.
  }
}

async function run(order: AuditOrder): Promise<AuditAnswer> {
  const signsNothing = (): never => {
    throw new Error('An audit signs nothing.');
  };
  const services = order.serviceKeys.map(({ kid, jwk }) => ({ kid, jwk, alg: 'Ed25519' as const, sign: signsNothing }));
  const identity = new LedgerIdentity(order.origin, order.logKeys, services, order.registrarKid);
  const database = new Database({
    url: order.databaseUrl,
    failed: () => undefined,
    poolSize: CONNECTIONS,
    patient: true,
    niceness: NICENESS,
  });
  const pace = order.milliseconds === null ? null : new AuditPace(database, order.milliseconds);
  parentPort?.on('message', (command: AuditCommand) => (command === 'hurry' ? pace?.hurry() : pace?.stop()));
  try {
    const clock = { now: () => order.now };
    const follower = new JudgeAgain(database, identity, clock, RuleParameters.of(order.parameters));
    return { examination: await examineLog(database, identity, order.guard, pace, follower) };
  } catch (error) {
    return error instanceof AuditStopped ? { stopped: true } : { failed: error };
  } finally {
    await database.close();
  }
}

lowerThread();
parentPort?.postMessage(await run(workerData as AuditOrder));
