import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AditClient } from '../../client/adit-client.js';
import { AditProblem } from '../../client/problem.js';
import { decodeBase64url, decodeUtf8 } from '../../core/event/grammar.js';
import type { Finding, Verdicts } from '../../client/shapes.js';
import type { Config, RunningServer, SimulatedClock } from '../../server/operator.js';
import { operator } from '../operator.js';
import { Cast } from './cast.js';
import type { Scenario, Step } from './scenario-file.js';

export interface Outcome {
  accepted: number;
  refused: { step: number; code: string }[];
  findings: { rule: string; severity: string; lots: string[]; steps: number[] }[];
  verdicts: Record<string, Verdicts>;
}

/** A ledger that lives as long as a scenario, on an embedded database of its own, by a clock that the scenario drives. */
export interface Stage {
  server: RunningServer;
  client: AditClient;
  clock: SimulatedClock;
  config: Config;
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** @param settings of the environment to add or replace. */
export async function openStage(
  origin: string,
  startsAt: number,
  settings: Record<string, string> = {},
): Promise<Stage> {
  const { JsonLogger, SimulatedClock: Clock, initialise, loadConfig, startServer } = await operator();
  const folder = mkdtempSync(join(tmpdir(), 'adit-'));
  const config = loadConfig({
    ADIT_ORIGIN: origin,
    ADIT_DATA_DIR: join(folder, 'data'),
    ADIT_LOG_KEY_FILE: join(folder, 'keys', 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'keys', 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    ADIT_LOG_LEVEL: 'error',
    ADIT_VERIFY_THREADS: '1',
    PORT: String(await freePort()),
    ...settings,
  });
  const clock = new Clock(startsAt);
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    initialise(config);
    const server = await startServer(config, { clock, logger: new JsonLogger(config.logLevel) });
    const close = async (): Promise<void> => {
      await server.close();
      removeFolder();
    };
    return { server, client: new AditClient(server.url), clock, config, close };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Alerts link to where the ledger is, so that is settled before it starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** When the first thing happens, ms: the registry is filled in the hours before. */
export const beginningOf = ({ steps }: Scenario): number =>
  Math.min(...steps.map(({ at }) => Date.parse(at)), Number.MAX_SAFE_INTEGER) - 2 * HOUR;

/** What is done when: a step is signed when it happens, and reaches the server then or later. */
interface Action {
  time: number;
  step: number;
  sign: boolean;
  send: boolean;
}

function actionsOf(steps: readonly Step[]): Action[] {
  const actions = steps.flatMap(({ at, recordedAt }, step): Action[] => {
    const happened = Date.parse(at);
    const arrived = recordedAt === undefined ? happened : Date.parse(recordedAt);
    if (arrived <= happened) return [{ time: happened, step, sign: true, send: true }];
    return [
      { time: happened, step, sign: true, send: false },
      { time: arrived, step, sign: false, send: true },
    ];
  });
  return actions.sort((a, b) => a.time - b.time);
}

/** Plays every step of a scenario into a ledger. @param told is called after each step that was sent. */
export async function playSteps(
  scenario: Scenario,
  stage: Stage,
  cast: Cast,
  told: (sent: number) => void,
): Promise<Pick<Outcome, 'accepted' | 'refused'>> {
  const { client, clock, server } = stage;
  const { tamper } = await operator();
  const refused: Outcome['refused'] = [];
  const signed = new Map<number, string>();
  let sent = 0;
  for (const { time, step, sign, send } of actionsOf(scenario.steps)) {
    if (time > clock.now()) clock.setTo(time);
    if (sign) signed.set(step, await cast.sign(step, scenario.steps[step] as Step, client, !send));
    if (!send) continue;
    try {
      await client.submit(signed.get(step) as string);
      cast.accepted(step);
    } catch (error) {
      if (!(error instanceof AditProblem)) throw error;
      refused.push({ step, code: error.code });
    }
    sent += 1;
    told(sent);
    for (const { sql } of scenario.tamper.filter(({ after }) => after === step)) await tamper(server, sql);
  }
  return { accepted: sent - refused.length, refused };
}

/** Plays a scenario from the registry to the last audit, and says what came of it. */
export async function playScenario(
  scenario: Scenario,
  told: (sent: number) => void = () => undefined,
): Promise<Outcome> {
  const stage = await openStage(scenario.origin, beginningOf(scenario));
  try {
    const cast = new Cast(scenario);
    await cast.register(stage.client, () => stage.clock.now());
    const played = await playSteps(scenario, stage, cast, told);
    if (scenario.advanceTo !== undefined)
      stage.clock.setTo(Math.max(stage.clock.now(), Date.parse(scenario.advanceTo)));
    await (await operator()).verifyNow(stage.server);
    return {
      ...played,
      findings: await findingsOf(stage.client, cast),
      verdicts: await verdictsOf(stage.client, cast),
    };
  } finally {
    await stage.close();
  }
}

async function findingsOf(client: AditClient, cast: Cast): Promise<Outcome['findings']> {
  const findings = new Map<string, Outcome['findings'][number]>();
  for await (const finding of client.findings({ status: 'open' })) {
    const said = await inWordsOf(client, cast, finding);
    // The same of the same lots, seen in two events of one actor, is one thing to tell.
    const key = [said.rule, said.severity, ...said.lots].join(' ');
    const steps = new Set([...(findings.get(key)?.steps ?? []), ...said.steps]);
    findings.set(key, { ...said, steps: [...steps].sort((a, b) => a - b) });
  }
  return [...findings.values()].sort((a, b) => (a.rule === b.rule ? 0 : a.rule < b.rule ? -1 : 1));
}

async function inWordsOf(client: AditClient, cast: Cast, finding: Finding): Promise<Outcome['findings'][number]> {
  const { rule, severity, lots, events } = finding;
  const steps = new Set<number>();
  for (const id of events) {
    const step = cast.stepOf(id) ?? cast.stepOf(await refusedBy(client, id));
    if (step !== undefined) steps.add(step);
  }
  return { rule, severity, lots: lots.map((id) => cast.nameOf(id)).sort(), steps: [...steps].sort((a, b) => a - b) };
}

/** What is evidence of a refused step names the event that was refused. */
async function refusedBy(client: AditClient, id: string): Promise<string> {
  const { event } = await client.event(id);
  const payload = JSON.parse(decodeUtf8(decodeBase64url(event.split('.')[1] ?? ''))) as { event?: string };
  return payload.event ?? id;
}

async function verdictsOf(client: AditClient, cast: Cast): Promise<Outcome['verdicts']> {
  const verdicts: Outcome['verdicts'] = {};
  for (const [name, id] of cast.bornLots()) verdicts[name] = (await client.lot(id)).verdicts;
  return verdicts;
}
