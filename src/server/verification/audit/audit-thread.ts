import { parentPort, workerData } from 'node:worker_threads';
import { lowerThread } from '../../../platform/priority.js';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { AuditAnswer, AuditOrder } from './audit-in-thread.js';
import { AuditPace } from './audit-pace.js';
import { examineLog } from './examine-log.js';
import { JudgeAgain } from './rebuild/judge-again.js';
import { RuleParameters } from '../../config/rule-parameters.js';

/** Thread of `AuditInThread`: examines the log once, returns the result, and ends. */

/** One connection reads the pieces, one measures how busy the log is. */
const CONNECTIONS = 3;

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
    background: true,
  });
  const pace = order.milliseconds === null ? null : new AuditPace(database, order.milliseconds);
  // The only message is the command to hurry.
  parentPort?.on('message', () => pace?.hurry());
  try {
    const clock = { now: () => order.now };
    const follower = new JudgeAgain(database, identity, clock, RuleParameters.of(order.parameters));
    return { examination: await examineLog(database, identity, order.guard, pace, follower) };
  } catch (error) {
    return { failed: error };
  } finally {
    await database.close();
  }
}

lowerThread();
parentPort?.postMessage(await run(workerData as AuditOrder));
