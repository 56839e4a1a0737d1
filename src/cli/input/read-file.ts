import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { AditError } from '../../core/errors.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { hasCode } from '../../platform/system-error.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { closest } from './did-you-mean.js';
import { findJsonFault } from './json-fault.js';

/**
 * Reads a text file as UTF-8, without its byte order mark; `-` is standard input. Throws an error that explains the
 * fault.
 */
export function readTextFile(file: string, holds: string): string {
  const bytes = bytesOf(file, holds);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new CommandError(`${file} is encoded in UTF-16.`, 'Save it as UTF-8 and try again.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(`${file} is not a text in UTF-8.`, `${holds} Save it as UTF-8 and try again.`);
  }
}

function bytesOf(file: string, holds: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    if (hasCode(error, 'EISDIR')) throw new CommandError(`${file} is a folder.`, holds);
    if (hasCode(error, 'ENOENT'))
      throw new CommandError(`There is no file ${file} in ${folderOf(file)}.`, `${nearest(file)}${holds}`);
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, holds);
  }
}

const folderOf = (file: string): string => dirname(resolve(file));

function nearest(file: string): string {
  try {
    const name = closest(basename(file), readdirSync(folderOf(file)));
    return name === undefined ? '' : `Did you mean ${name}? `;
  } catch {
    return '';
  }
}

/** Describes the first JSON error of a text with its place; null if there is none. */
export function faultInJson(file: string, text: string, holds: string): CommandError | null {
  const fault = findJsonFault(text);
  if (fault === null) return null;
  const line = text.split('\n')[fault.line - 1] ?? '';
  const from = Math.max(0, fault.column - 60);
  return new CommandError(
    `${file} is not JSON: line ${fault.line}, column ${fault.column}: ${fault.why}.\n  ${line.slice(from, from + 100).trimEnd()}\n  ${' '.repeat(fault.column - 1 - from)}^`,
    holds,
  );
}

/** Reads a text that is JSON, and names line and column where it is none. */
function readJsonText(file: string, holds: string): string {
  const text = readTextFile(file, holds);
  const fault = faultInJson(file, text, holds);
  if (fault !== null) throw fault;
  return text;
}

/** Reads a JSON document that may hold any number. */
export const readAnyJson = (file: string, holds: string): unknown => JSON.parse(readJsonText(file, holds)) as unknown;

/** Reads a JSON document by the strict grammar of events. */
export function readJsonFile(file: string, holds: string): unknown {
  const text = readJsonText(file, holds);
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof AditError) throw new CommandError(`${file}: ${error.detail}`, holds);
    throw error;
  }
}

/** Reads a JSON object like `readJsonFile`. */
export function readJsonObject(file: string, holds: string): Record<string, unknown> {
  const value = readJsonFile(file, holds);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandError(`${file} holds no JSON object.`, `${holds} It begins with { and ends with }.`, EXIT.error);
  return value as Record<string, unknown>;
}
