import { readFileSync } from 'node:fs';
import { AditError } from '../../../core/errors.js';
import { MAX_SIGNATURES } from '../../../core/log/note.js';
import { type Policy, type PolicyWitness, parsePolicy } from '../../../core/log/policy.js';
import { ConfigError } from '../../config/config.js';

/** A witness with a URL. */
export type AskedWitness = PolicyWitness & { url: string };

/** The policy: the witnesses that the service asks, and the quorum; null: no witness is asked. */
export abstract class WitnessPolicy {
  abstract readonly policy: Policy | null;
  /** Text of the file, for readers to compare with their own. */
  abstract readonly text: string;
  abstract readonly asked: readonly AskedWitness[];
}

const NO_POLICY: WitnessPolicy = { policy: null, text: '', asked: [] };

/** Returns the witnesses of a policy that have a URL. */
export const askedOf = ({ witnesses }: Policy): AskedWitness[] =>
  witnesses.flatMap(({ url, ...witness }) => (url === null ? [] : [{ ...witness, url: url.replace(/\/+$/, '') }]));

/** Reads the policy of the service. Throws `ConfigError` for one that this log could never meet. */
export function loadWitnessPolicy(file: string | null, logKeys: readonly string[]): WitnessPolicy {
  if (file === null) return NO_POLICY;
  const fail = (why: string): ConfigError => new ConfigError([`ADIT_POLICY_FILE ${file}: ${why}`]);
  const { policy, text } = read(file, fail);
  if (!policy.logs.some(({ key }) => logKeys.includes(key.vkey)))
    throw fail(`it does not name this log, ${logKeys.join(' or ')}`);
  const asked = askedOf(policy).map((witness) => ({ ...witness, url: checkedUrl(witness.url, fail) }));
  if (asked.length >= MAX_SIGNATURES) throw fail(`a checkpoint has room for ${MAX_SIGNATURES - 1} witnesses`);
  if (!policy.isQuorum(new Set(asked.map(({ name }) => name))))
    throw fail('its quorum cannot be met by the witnesses that have a URL');
  return { policy, text, asked };
}

function read(file: string, fail: (why: string) => ConfigError): { policy: Policy; text: string } {
  try {
    const text = readFileSync(file, 'utf8');
    return { policy: parsePolicy(text), text };
  } catch (error) {
    throw fail(error instanceof AditError ? error.detail : 'it cannot be read');
  }
}

/** Parses the URL to which the paths of the protocol are added. */
function checkedUrl(text: string, fail: (why: string) => ConfigError): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw fail(`"${text}" is not the URL of a witness`);
  if (url.username !== '' || url.password !== '') throw fail('the URL of a witness carries no credentials');
  return text.replace(/\/+$/, '');
}
