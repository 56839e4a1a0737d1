import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Alert } from '../../core/api/alerts/alert.js';
import { operator } from '../operator.js';
import { Cast } from '../scenario/cast.js';
import { beginningOf, playSteps } from '../scenario/play.js';
import { type Stage, type Stages, openStage } from '../scenario/stage.js';
import { type Scenario, readScenario } from '../scenario/scenario-file.js';
import { CommandError, EXIT } from '../output/terminal.js';

/** Examples of Adit, relative to the build folder. */
const EXAMPLES = new URL('../../../../examples/', import.meta.url);
/** The rule that no chain triggers, because its cause is a change in the database. */
const TAMPERED = 'record-event-altered';
const TAMPERED_CHAIN = 'tin-tag-lost.json';
const PATIENCE = 30_000;

interface Expecting {
  steps: unknown[];
  expect: { findings?: { rule: string }[] };
}

/** Returns the shortest chain that triggers each rule. */
function chainsByRule(): Map<string, string> {
  const chains = readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, ...(JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8')) as Expecting) }))
    .toSorted((a, b) => b.steps.length - a.steps.length);
  const rules = chains.flatMap(({ name, expect }) =>
    (expect.findings ?? []).map(({ rule }): [string, string] => [rule, name]),
  );
  return new Map([...rules, [TAMPERED, TAMPERED_CHAIN]]);
}

/** Returns the rules that an example chain triggers. */
export const triggerable = (): string[] => [...chainsByRule().keys()].toSorted();

/** An alert with its number in the stream. */
export interface StreamedAlert {
  id: string;
  alert: Alert;
}

/**
 * Plays a small fault into a temporary ledger and passes on each alert until that of the rule. Returns that alert.
 * @param open opens the ledger; by default on a database server of its own.
 */
export async function triggerAlert(
  rule: string,
  notify: (streamed: StreamedAlert) => Promise<void>,
  open: Stages['next'] = openStage,
): Promise<Alert> {
  const chain = chainsByRule().get(rule);
  if (chain === undefined)
    throw new CommandError(
      `There is no chain that shows ${rule}.`,
      `One of these can be shown: ${triggerable().join(', ')}.`,
      EXIT.usage,
    );
  const scenario = readScenario(fileURLToPath(new URL(chain, EXAMPLES)));
  const stage = await open(scenario.origin, beginningOf(scenario));
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), PATIENCE);
  try {
    const playing = play(scenario, stage, rule === TAMPERED);
    playing.catch(() => ended.abort());
    for await (const streamed of stage.client.followAlerts(ended.signal, '0')) {
      await notify(streamed);
      if (streamed.alert.rule !== rule) continue;
      await playing;
      return streamed.alert;
    }
    await playing;
    throw new CommandError(`No alert of ${rule} came.`, 'This should not happen; please report it.');
  } finally {
    clearTimeout(timer);
    ended.abort();
    await stage.close();
  }
}

async function play(scenario: Scenario, stage: Stage, tampered: boolean): Promise<void> {
  const cast = new Cast(scenario);
  await cast.register(stage.client, () => stage.clock.now());
  await playSteps(scenario, stage, cast, () => undefined);
  if (scenario.advanceTo !== undefined) stage.clock.setTo(Math.max(stage.clock.now(), Date.parse(scenario.advanceTo)));
  const { tamper, verifyNow } = await operator();
  if (tampered)
    await tamper(stage.server, 'UPDATE entries SET jws = reverse(jws) WHERE index = (SELECT max(index) FROM entries)');
  await verifyNow(stage.server);
}
