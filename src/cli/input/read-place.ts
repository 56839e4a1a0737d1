import { existsSync } from 'node:fs';
import { parseStrictJson } from '../../core/event/grammar.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { fetcherFor } from '../sign-in.js';
import { readTextFile } from './read-file.js';

const WITH_SCHEME = /^https?:\/\//i;
/** A host with a port or a dot, and a path: an address whose scheme was left out. */
const WITHOUT_SCHEME = /^(localhost|127(\.[0-9]{1,3}){3}|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:[0-9]{1,5})?\/./;

/** Reads a text from a file or, where it is a URL, from there. @param holds what should be there, for people. */
export async function readPlace(place: string, holds: string): Promise<string> {
  if (WITH_SCHEME.test(place)) return readUrl(place, holds);
  if (WITHOUT_SCHEME.test(place) && !existsSync(place))
    throw new CommandError(
      `There is no file ${place}.`,
      `If it is an address, write it with its scheme: https://${place}, or http:// on this machine.`,
      EXIT.usage,
    );
  return readTextFile(place, holds);
}

async function readUrl(url: string, holds: string): Promise<string> {
  if (!URL.canParse(url)) throw new CommandError(`${url} is no URL.`, holds, EXIT.usage);
  const response = await fetcherFor(url)(url).catch(() => null);
  if (response === null)
    throw new CommandError(`Nothing answers at ${new URL(url).origin}.`, 'Name a file, or a URL that answers.');
  const text = await response.text();
  if (response.ok) return text;
  const detail = problemIn(text);
  throw new CommandError(`${url} answered ${response.status}${detail === '' ? '.' : `: ${detail}`}`, holds);
}

/** Returns the detail of a problem document; "" for any other text. */
function problemIn(text: string): string {
  try {
    const { detail } = parseStrictJson(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}
