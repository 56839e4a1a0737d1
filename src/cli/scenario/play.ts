import { AditError } from '../../core/errors.js';
import { AditProblem } from '../../client/problem.js';
import { operator } from '../operator.js';
import { Cast } from './cast.js';
import { type Outcome, findingsOf, verdictsOf } from './outcome.js';
import { type Scenario, type Step, notAScenario } from './scenario-file.js';
import { type Stage, type Stages, openStage } from './stage.js';
import { Sender } from './sender.js';
import { withFinding } from './with-finding.js';

const HOUR = 3_600_000;

/** Returns the start of a scenario, ms; the registry is filled in the hours before. */
export function beginningOf({ steps, advanceTo = '2026-01-01T00:00:00Z' }: Scenario): number {
  const times = steps.map(({ at }) => Date.parse(at));
  return (times.length === 0 ? Date.parse(advanceTo) : times.reduce((a, b) => Math.min(a, b))) - 2 * HOUR;
}

/** A signing or a sending with its time: a step may reach the server later than it is signed. */
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

/** Plays every step of a scenario into a ledger. The callback receives each step after it was sent. */
export async function playSteps(
  scenario: Scenario,
  stage: Stage,
  cast: Cast,
  report: (sent: number) => void,
): Promise<Pick<Outcome, 'accepted' | 'refused'>> {
  const { client, clock } = stage;
  const sender = new Sender(client, cast);
  const signed = new Map<number, string>();
  const tampering = new Set(scenario.tamper);
  let sent = 0;
  for (const { time, step: index, sign, send } of actionsOf(scenario.steps)) {
    if (time > clock.now()) clock.setTo(time);
    const refused = await refusalOf(async () => {
      if (sign) {
        const step = await withFinding(scenario.steps[index] as Step, stage, cast);
        signed.set(index, await cast.sign(index, step, client));
      }
    });
    if (refused !== null) sender.refuse(index, refused);
    if (!send) continue;
    const event = signed.get(index);
    if (event !== undefined) await sender.send(index, event);
    sent += 1;
    report(sent);
    for (const one of tampering)
      if (one.after === index) {
        tampering.delete(one);
        await tamperWith(stage, one.sql);
      }
  }
  for (const { sql } of tampering) await tamperWith(stage, sql);
  const refused = await sender.finish();
  return { accepted: sent - refused.length, refused };
}

/** Returns the code of a refusal; rethrows other errors. */
async function refusalOf(attempt: () => Promise<void>): Promise<string | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof AditProblem || error instanceof AditError) return error.code;
    throw error;
  }
}

async function tamperWith({ server }: Stage, sql: string): Promise<void> {
  const { tamper } = await operator();
  try {
    await tamper(server, sql);
  } catch (error) {
    throw notAScenario(`The database does not take the tampering ${JSON.stringify(sql)}: ${(error as Error).message}`);
  }
}

/**
 * Plays a scenario from the registry to the last audit; returns its outcome.
 * @param open opens the stage; by default with a database server of its own.
 */
export async function playScenario(
  scenario: Scenario,
  report: (sent: number) => void = () => undefined,
  open: Stages['next'] = openStage,
): Promise<Outcome> {
  const stage = await open(scenario.origin, beginningOf(scenario));
  try {
    const cast = new Cast(scenario);
    await cast.register(stage.client, () => stage.clock.now());
    const played = await playSteps(scenario, stage, cast, report);
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
