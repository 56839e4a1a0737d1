import { type Register, terminalOf } from '../../command.js';
import { differences } from '../../scenario/compare.js';
import { playScenario } from '../../scenario/play.js';
import { type Scenario, readScenario } from '../../scenario/scenario-file.js';
import { type Stages, openStages } from '../../scenario/stage.js';
import { EXIT, type Terminal } from '../../output/terminal.js';
import { paintVerdicts } from '../../output/timeline.js';

export const scenario: Register = (group) => {
  group
    .description('Supply chains as data.')
    .command('run')
    .summary('play scenarios on throw-away ledgers, and compare')
    .argument('<files...>')
    .addHelpText('before', 'Example: adit scenario run examples/tin.json\n')
    .action(async (files: string[], _options: unknown, command) => {
      const terminal = terminalOf(command);
      const scenarios = files.map((file) => readScenario(file));
      const stages = await openStages();
      try {
        for (const played of scenarios) await runScenario(played, stages, terminal);
      } finally {
        await stages.close();
      }
    });
};

async function runScenario(played: Scenario, stages: Stages, terminal: Terminal): Promise<void> {
  const { colour } = terminal;
  const progress = terminal.progress(played.title, played.steps.length);
  const outcome = await playScenario(played, progress, stages.next);
  for (const { step, code } of outcome.refused) terminal.say(`  step ${step} refused: ${code}`);
  for (const { rule, severity, lots, steps } of outcome.findings)
    terminal.say(`  ${severity} ${rule}: ${lots.join(', ')} (steps ${steps.join(', ')})`);
  for (const lot of Object.keys(played.expect.verdicts)) {
    const verdicts = outcome.verdicts[lot];
    if (verdicts !== undefined) terminal.say(`  ${lot}  ${paintVerdicts(verdicts, colour)}`);
  }
  const lines = differences(outcome, played.expect);
  for (const line of lines) terminal.say(`${colour.red('✗')} ${line}`);
  terminal.say(lines.length === 0 ? `${colour.green('✓')} as expected` : colour.red('not as expected'));
  terminal.result(outcome);
  if (lines.length === 0) return;
  if (terminal.json) terminal.warn(lines.join('\n'));
  terminal.endWith(EXIT.error);
}
