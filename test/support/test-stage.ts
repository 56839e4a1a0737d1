import { type Stage, openStageOn } from '../../src/cli/scenario/stage.js';
import { testDatabase } from './database.js';
import { sharedThreads } from './shared-threads.js';

/** Opens a ledger for a scenario on a database of the run's server, which spares it a database server of its own. */
export async function openTestStage(origin: string, startsAt: number): Promise<Stage> {
  const { url: appUrl, ownerUrl, superuserUrl, drop } = await testDatabase();
  const stage = await openStageOn({ appUrl, ownerUrl, superuserUrl, stop: drop }, origin, startsAt, sharedThreads);
  return { ...stage, close: () => stage.close().then(drop) };
}
