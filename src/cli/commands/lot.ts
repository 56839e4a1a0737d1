import { AditClient } from '../../client/adit-client.js';
import { type Register, terminalOf, withServer } from '../command.js';
import { lotTimeline, paintVerdicts } from '../output/timeline.js';

export const lot: Register = (program) => {
  withServer(program.command('lot'))
    .summary("a lot's timeline and verdicts")
    .description('Shows everything that happened to a lot and to what it was made of, and what can be held against it.')
    .argument('<id>')
    .addHelpText('before', 'Example: adit lot 3f0c9a52-7b1e-8d44-9a60-1f2e3d4c5b6a\n')
    .action(async (id: string, { server }: { server: string }, command) => {
      const terminal = terminalOf(command);
      const client = new AditClient(server);
      const [report, timeline] = await Promise.all([client.report(id), lotTimeline(client, id)]);
      for (const { line } of timeline) terminal.say(line);
      terminal.say('');
      terminal.say(paintVerdicts(report.verdicts, terminal.colour));
      for (const finding of report.findings)
        terminal.say(
          `  ${finding.severity} ${finding.rule}: ${finding.detail} (${finding.measured}; limit ${finding.threshold})`,
        );
      terminal.result({ report, timeline: timeline.map(({ event }) => event) });
    });
};
