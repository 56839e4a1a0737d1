import { CommanderError } from 'commander';
import { terminalOf } from './command.js';
import { dropEmptySettings, loadEnvironmentFile } from './environment.js';
import { explain } from './output/explain.js';
import { EXIT } from './output/terminal.js';
import type { Host } from './host.js';
import { createProgram } from './program.js';

/**
 * Runs one command and sets the exit code of the process.
 * @param argv as `process.argv`.
 */
export async function run(argv: readonly string[], host: Host = process): Promise<void> {
  const program = createProgram(argv.includes('--json'), host);
  try {
    loadEnvironmentFile();
    dropEmptySettings();
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) host.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else {
      const { message, advice, exitCode } = explain(error);
      terminalOf(program).fail(message, advice);
      host.exitCode = exitCode;
    }
  }
}
