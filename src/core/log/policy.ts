import { AditError } from '../errors.js';
import { type Cosignature, type WitnessKey, openCosignatures, parseWitnessKey } from './cosignature.js';
import { type NoteVerifier, parseNote, parseVkey } from './note.js';
import { sameHash } from './tree.js';

/** Lines of a policy at most; also witnesses and groups together. */
const MAX_LINES = 1_000;

export interface PolicyWitness {
  /** Name of the witness in the policy. */
  name: string;
  key: WitnessKey;
  /** URL of the witness; null if the policy has none. */
  url: string | null;
}

/** C2SP tlog-policy: the logs that a reader trusts, and the witnesses that must have cosigned their checkpoints. */
export interface Policy {
  logs: { key: NoteVerifier; url: string | null }[];
  witnesses: PolicyWitness[];
  /** Returns whether these witnesses together satisfy the policy. */
  isQuorum(names: ReadonlySet<string>): boolean;
  /** True if the policy requires any witness. */
  wantsWitnesses: boolean;
}

type Enough = (names: ReadonlySet<string>) => boolean;

/** Reads a policy file line by line; a name must be defined before it is used. */
class PolicyReader {
  readonly logs: Policy['logs'] = [];
  readonly witnesses: PolicyWitness[] = [];
  private readonly groups = new Map<string, Enough>();
  /** Names that are members of a group: a witness must not count in two groups. */
  private readonly members = new Set<string>();
  quorum: { name: string; enough: Enough } | null = null;

  constructor(private readonly fail: (detail: string) => AditError) {}

  line(words: readonly string[]): void {
    const [keyword, ...rest] = words;
    if (keyword === 'log') this.log(rest);
    else if (keyword === 'witness') this.witness(rest);
    else if (keyword === 'group') this.group(rest);
    else if (keyword === 'quorum') this.setQuorum(rest);
    else throw this.fail(`"${keyword ?? ''}" is none of log, witness, group and quorum`);
  }

  private log([vkey = '', url, ...others]: readonly string[]): void {
    if (others.length > 0) throw this.fail('log takes a verifier key and a URL');
    const key = this.key(parseVkey, vkey);
    if (this.logs.some((known) => known.key.vkey === key.vkey)) throw this.fail('this log is named twice');
    this.logs.push({ key, url: url ?? null });
  }

  private witness([name = '', vkey = '', url, ...others]: readonly string[]): void {
    if (others.length > 0) throw this.fail('witness takes a name, a verifier key and a URL');
    this.define(name, (names) => names.has(name));
    const key = this.key(parseWitnessKey, vkey);
    // One key under two names would count as two witnesses.
    if (this.witnesses.some((known) => sameHash(known.key.publicKey, key.publicKey)))
      throw this.fail('this key is named twice');
    this.witnesses.push({ name, key, url: url ?? null });
  }

  private group([name = '', threshold = '', ...members]: readonly string[]): void {
    const parts = members.map((member) => this.known(member));
    if (new Set(members).size !== members.length) throw this.fail('a group has a member twice');
    for (const member of members) {
      if (this.members.has(member)) throw this.fail(`"${member}" is a member of another group already`);
      this.members.add(member);
    }
    const needed = threshold === 'all' ? parts.length : threshold === 'any' ? 1 : wholeNumber(threshold);
    if (needed === null || needed < 1 || needed > parts.length)
      throw this.fail('a threshold is all, any, or a number from 1 to that of the members');
    this.define(name, (names) => parts.filter((enough) => enough(names)).length >= needed);
  }

  private setQuorum([name = '', ...others]: readonly string[]): void {
    if (this.quorum !== null || others.length > 0) throw this.fail('there is one quorum, of one name');
    this.quorum = { name, enough: name === 'none' ? () => true : this.known(name) };
  }

  /** Parses a key; an error names the line. */
  private key<Key>(parse: (text: string) => Key, text: string): Key {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof AditError ? this.fail(error.detail.replace(/\.$/, '')) : error;
    }
  }

  private define(name: string, enough: Enough): void {
    if (name === '' || name === 'none' || this.groups.has(name)) throw this.fail(`the name "${name}" cannot be given`);
    this.groups.set(name, enough);
  }

  private known(name: string): Enough {
    const enough = this.groups.get(name);
    if (enough === undefined) throw this.fail(`"${name}" has not been named before`);
    return enough;
  }
}

const wholeNumber = (text: string): number | null => (/^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : null);

/** Parses a policy. Throws `request-invalid`, naming the line. */
export function parsePolicy(text: string): Policy {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw new AditError('request-invalid', `A policy has ${MAX_LINES} lines at most.`);
  let at = 0;
  const fail = (detail: string): AditError => new AditError('request-invalid', `Line ${at} of the policy: ${detail}.`);
  const reader = new PolicyReader(fail);
  for (const line of lines) {
    at += 1;
    // No other space and no carriage return: one reader treats it as a blank, another as part of a name.
    if (/[^\P{Cc}\t]|[^\P{Z} ]|\p{Cs}/u.test(line))
      throw fail('it has a control character, or a blank that is neither a space nor a tab');
    const plain = line.replace(/^[ \t]+|[ \t]+$/g, '');
    if (plain !== '' && !plain.startsWith('#')) reader.line(plain.split(/[ \t]+/));
  }
  const { logs, witnesses, quorum } = reader;
  if (quorum === null)
    throw new AditError('request-invalid', 'The policy names no quorum; "quorum none" asks for none.');
  return { logs, witnesses, isQuorum: quorum.enough, wantsWitnesses: quorum.name !== 'none' };
}

/**
 * Returns the witness whose cosignature on a note is invalid, if the valid ones are too few for the policy; null if
 * there is none. An invalid cosignature beside enough valid ones is ignored.
 */
export function failedCosignature(note: string, policy: Policy): string | null {
  const { met, cosignatures } = checkQuorum(note, policy);
  if (met) return null;
  const { signatures } = parseNote(note);
  const failed = policy.witnesses.find(
    ({ key }) =>
      signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId) &&
      !cosignatures.some(({ by }) => by.vkey === key.vkey),
  );
  return failed === undefined ? null : `The cosignature of ${failed.name} does not verify.`;
}

/** Returns whether enough witnesses of the policy cosigned a note, and their cosignatures. */
export function checkQuorum(note: string, policy: Policy): { met: boolean; cosignatures: Cosignature[] } {
  const cosignatures = openCosignatures(
    note,
    policy.witnesses.map(({ key }) => key),
  );
  const names = policy.witnesses.filter(({ key }) => cosignatures.some(({ by }) => by.vkey === key.vkey));
  return { met: policy.isQuorum(new Set(names.map(({ name }) => name))), cosignatures };
}
