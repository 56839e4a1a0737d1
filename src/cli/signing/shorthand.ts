import type { Command } from 'commander';
import type { Body } from '../scenario/short-forms.js';
import { type SigningOptions, signingOf, withSigning } from './options.js';
import { type Request, recordIntent } from './record-intent.js';

/** Adds the options of signing and of the place to a command. */
export const withEventOptions = (command: Command): Command =>
  withSigning(
    command
      .option('--site <site>', 'the mine site where it happened')
      .option('--facility <facility>', 'the warehouse, plant or port where it happened'),
  );

export interface PlaceOptions {
  site?: string;
  facility?: string;
}

/** Returns the claim `place` from the options; nothing without them. */
export const placeOf = ({ site, facility }: PlaceOptions): Body =>
  site === undefined && facility === undefined ? {} : { place: said({ site, facility }) };

/** Removes undefined claims. */
export const said = (claims: Body): Body =>
  Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );

/** Options that concern how to record, not what. */
const HOW = new Set(['server', 'key', 'as', 'occurredAt', 'save', 'offline', 'outbox', 'dryRun', 'again', 'withhold']);

/** Records an event from a command's arguments; equal arguments are the same request. */
export async function recordWords(
  command: Command,
  options: SigningOptions,
  { type, words, compose }: { type: string; words: readonly unknown[]; compose: Request['compose'] },
): Promise<void> {
  const what = Object.fromEntries(Object.entries(options).filter(([name]) => !HOW.has(name)));
  await recordIntent(signingOf(options, command), { type, asked: { words, ...what }, compose });
}
