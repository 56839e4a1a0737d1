#!/usr/bin/env node
import { CommanderError } from 'commander';
import { terminalOf } from './command.js';
import { dropEmptySettings, loadEnvironmentFile } from './environment.js';
import { explain } from './output/explain.js';
import { EXIT } from './output/terminal.js';
import { createProgram } from './program.js';

const program = createProgram();

try {
  loadEnvironmentFile();
  dropEmptySettings();
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    const { message, advice, exitCode } = explain(error);
    terminalOf(program).fail(message, advice);
    process.exitCode = exitCode;
  }
}
