import { rmSync } from 'node:fs';
import { asSuperuser } from './database.js';
import type { TestRun } from './global-setup.js';

/** Stops the server of the run and removes its folders; on a server that was given, drops the template. */
export default async function tearDown(): Promise<void> {
  const run = (globalThis as { aditTestRun?: TestRun }).aditTestRun;
  if (run === undefined) return;
  if (run.server === null) await asSuperuser(run.superuserUrl, `DROP DATABASE IF EXISTS ${run.template} WITH (FORCE)`);
  else await run.server.stop();
  for (const folder of run.folders) rmSync(folder, { recursive: true, force: true });
}
