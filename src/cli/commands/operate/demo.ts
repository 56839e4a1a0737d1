import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Alert } from '../../../core/api/alerts/alert.js';
import { peekPayload } from '../../../core/event/grammar.js';
import type { LotEvent } from '../../../core/api/event.js';
import { operator } from '../../operator.js';
import { type Register, terminalOf } from '../../command.js';
import { Receiver } from '../../demo-receiver.js';
import { Cast } from '../../scenario/cast.js';
import { beginningOf, playSteps } from '../../scenario/play.js';
import { type Stage, openStage } from '../../scenario/stage.js';
import { type Scenario, readScenario } from '../../scenario/scenario-file.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { lotTimeline, paintVerdicts, timelineLines } from '../../output/timeline.js';

/** The example chain, relative to the build folder. */
const CHAIN = fileURLToPath(new URL('../../../../../examples/tin.json', import.meta.url));
/** Lot whose history the demo shows, and the bag whose weight it changes in the database. */
const STORY = 'ingot';
const BAG = 'bag5';
/** Bags whose weights it changes on request, to be seen in the inbox in a browser. */
const MORE_BAGS = ['bag1', 'bag2', 'bag3', 'bag4'];
/** Time limit for the workers to find the change, ms. */
const NOTICE_LIMIT = 10_000;
const PATIENCE = 60_000;

const settings = { ADIT_AUDIT_INTERVAL_SECONDS: '2', ADIT_WEBHOOK_PRIVATE_TARGETS: 'on' };

export const demo: Register = (named) => {
  named
    .description(
      'Starts a throw-away ledger, plays a tin supply chain from a mine in Rwanda to a smelter in Malaysia, then changes a stored weight behind the ledger’s back and shows the alert.',
    )
    .option('--once', 'stop afterwards; exit 0 only if everything was seen', false)
    .addHelpText('before', 'Example: adit demo --once\n')
    .action(async ({ once }: { once: boolean }, command) => {
      const terminal = terminalOf(command);
      const scenario = readScenario(CHAIN);
      terminal.say(terminal.colour.bold('Starting a ledger with its own PostgreSQL …'));
      const stage = await openStage(scenario.origin, beginningOf(scenario), settings);
      const receiver = await Receiver.start();
      const closeAll = async (): Promise<void> => {
        await receiver.close();
        await stage.close();
      };
      try {
        const shown = await show(scenario, stage, receiver, terminal);
        if (!once) stay(stage, shown, closeAll, terminal);
      } catch (error) {
        await closeAll();
        throw error;
      }
      if (once) await closeAll();
    });
};

/** What was shown: the lot, its alert, and the events of bags whose weights can still be changed. */
interface Shown {
  lot: string;
  alert: string;
  bags: LotEvent[];
}

async function show(scenario: Scenario, stage: Stage, receiver: Receiver, terminal: Terminal): Promise<Shown> {
  const { colour } = terminal;
  const cast = new Cast(scenario);
  await cast.register(stage.client, () => stage.clock.now());
  const played = await playSteps(scenario, stage, cast, terminal.progress(scenario.title, scenario.steps.length));
  if (played.refused.length > 0) throw failed(`${played.refused.length} events of the chain were refused`);
  const lot = cast.lot(STORY) ?? '';
  const before = await verified(stage, lot);
  terminal.say(`\n${colour.bold('The story of one lot of tin')}  (${lot})\n`);
  const { mineral } = await stage.client.lot(lot);
  const timeline = await lotTimeline(stage.client, lot, mineral);
  for (const line of timelineLines(timeline, terminal.width)) terminal.say(line);
  terminal.say(`\n  ${paintVerdicts(before.verdicts, colour)}`);
  terminal.say(
    `  ${Number((Number(before.coverage.tracedToSite) * 100).toFixed(2))} % of its mass is traced to a site: ${before.origins.map(({ site }) => site).join(', ')}`,
  );
  terminal.say(`  In a browser: ${stage.client.base}/lots/${lot}\n`);
  if (before.verdicts.record !== 'intact') throw failed('the record is not intact before anybody touched it');

  const { secret } = await stage.client.subscribe({ channel: 'webhook', url: receiver.url });
  receiver.trust(secret ?? '');
  const bag = timeline.find(({ event }) => event.index === eventOf(timeline, cast.lot(BAG) ?? ''))?.event;
  if (bag === undefined) throw failed(`the bag ${BAG} is not in the timeline`);
  await changeWeight(stage, bag, terminal);
  const { alert, milliseconds } = await noticed(stage, receiver, bag.index);
  tellAlert(alert, milliseconds, bag.index, stage, terminal);
  const after = await stage.client.report(lot);
  terminal.say(`  the lot of tin made of it:  ${paintVerdicts(after.verdicts, colour)}`);
  if (after.verdicts.record !== 'broken') throw failed('the verdict on the lot did not change');
  terminal.result({
    lot,
    events: timeline.length,
    before: before.verdicts,
    alert,
    milliseconds,
    after: after.verdicts,
  });
  const bornAt = new Set(MORE_BAGS.map((name) => eventOf(timeline, cast.lot(name) ?? '')));
  const bags = timeline.map(({ event }) => event).filter(({ index }) => bornAt.has(index) && index !== bag.index);
  return { lot, alert: alert.id, bags };
}

const failed = (what: string): CommandError =>
  new CommandError(
    `The demo failed: ${what}.`,
    'This should not happen; please report it with the output above.',
    EXIT.error,
  );

interface Output {
  lot: string;
  mass: { value: string; uom: string };
}

const payloadOf = (event: string): { outputs?: Output[] } => peekPayload(event) as { outputs?: Output[] };

/** Returns the index of the event that created a lot. */
const eventOf = (timeline: { event: LotEvent }[], lot: string): number | undefined =>
  timeline.find(({ event }) => payloadOf(event.event).outputs?.some((output) => output.lot === lot))?.event.index;

async function verified(stage: Stage, lot: string): Promise<Awaited<ReturnType<Stage['client']['report']>>> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const report = await stage.client.report(lot);
    if (report.asOf.verified >= report.asOf.size) return report;
    if (Date.now() > until) throw failed('the workers did not catch up within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Changes the signed text by ten kilograms, as an administrator of the database could. */
async function changeWeight(stage: Stage, { event, index }: LotEvent, terminal: Terminal): Promise<void> {
  const [header = '', , signature = ''] = event.slice(0, -1).split('.');
  const payload = payloadOf(event);
  const [output] = payload.outputs ?? [];
  if (output === undefined) throw failed('the bag was not declared as expected');
  const was = output.mass.value;
  output.mass.value = String(Number(was) + 10);
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
  const { tamper } = await operator();
  await tamper(
    stage.server,
    `UPDATE entries SET jws = '${[header, body, signature].join('.')}' WHERE index = ${index}`,
  );
  const { colour } = terminal;
  terminal.say(colour.bold('Now somebody with all rights on the database changes a weight, triggers off:'));
  terminal.say(
    colour.yellow(
      `  UPDATE entries SET jws = …  WHERE index = ${index};   -- ${was} kg becomes ${output.mass.value} kg\n`,
    ),
  );
}

/** Waits until the alert has arrived by signed webhook and by the stream. */
async function noticed(
  stage: Stage,
  receiver: Receiver,
  index: number,
): Promise<{ alert: Alert; milliseconds: number }> {
  const started = Date.now();
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), NOTICE_LIMIT);
  try {
    const byStream = streamed(stage, ended.signal, index);
    const alert = await receiver.alert((candidate) => candidate.firstIndex === index, ended.signal);
    const milliseconds = Date.now() - started;
    const onStream = await byStream;
    if (alert === null) throw failed(`no webhook came within ${NOTICE_LIMIT / 1000} s`);
    if (onStream?.id !== alert.id) throw failed('the live stream did not show the alert');
    return { alert, milliseconds };
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

async function streamed(stage: Stage, signal: AbortSignal, index: number): Promise<Alert | null> {
  for await (const { alert } of stage.client.followAlerts(signal, '0')) if (alert.firstIndex === index) return alert;
  return null;
}

function tellAlert(alert: Alert, milliseconds: number, index: number, stage: Stage, terminal: Terminal): void {
  const { colour } = terminal;
  terminal.say(
    `${colour.red('⚠ ALERT')} ${colour.bold(alert.rule)} (${alert.severity}), ${(milliseconds / 1000).toFixed(1)} s later, by webhook with a good signature`,
  );
  terminal.say(`  ${alert.detail}`);
  terminal.say(`  BROKEN at event ${index}: stored ${alert.measured}, signed ${alert.threshold}`);
  terminal.say(`  ${stage.client.base}/v1/alerts/${alert.id}`);
}

/** Keeps the ledger up with links to its pages; on a terminal each Enter changes a further weight, to see an alert arrive. */
function stay(stage: Stage, { lot, alert, bags }: Shown, closeAll: () => Promise<void>, terminal: Terminal): void {
  const { colour } = terminal;
  const { base } = stage.client;
  terminal.say(`\nThe ledger stays up at ${base} (documentation: ${base}/docs). Stop with Ctrl-C.`);
  if (bags.length > 0 && process.stdin.isTTY) {
    terminal.say('Open the inbox below and press Enter here: another weight is changed, and the page shows it.');
    const next = bags.values();
    createInterface({ input: process.stdin }).on('line', () => {
      const bag = next.next().value;
      if (bag === undefined) terminal.say('No bag is left.');
      else void changeWeight(stage, bag, terminal).catch((error: unknown) => terminal.say(String(error)));
    });
  }
  terminal.say(`  The lot:   ${base}/lots/${lot}`);
  terminal.say(`  The inbox: ${colour.bold(`${base}/inbox/${alert}`)}`);
  const stop = (): void => {
    closeAll().then(
      () => process.exit(EXIT.done),
      () => process.exit(EXIT.error),
    );
  };
  terminal.ended('SIGINT', 'SIGTERM').addEventListener('abort', stop);
}
