import {
  type Claims,
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../../core/event/build.js';
import { EVENT_TYP } from '../../core/event/envelope.js';
import { eventId } from '../../core/event/ids.js';
import { signJws } from '../../core/event/signer.js';
import { AditError } from '../../core/errors.js';
import { encodeBase64 } from '../../core/log/base64.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import type { AditClient } from '../../client/adit-client.js';
import { AditProblem } from '../../client/problem.js';
import { Chains } from './chains.js';
import { type ScenarioNames, expandStep } from './expand.js';
import { expandActor, expandFacility, expandInspection, expandSite } from './expand-registry.js';
import { REGISTRAR, type Scenario, type Step, notAScenario } from './scenario-file.js';
import type { Body } from './short-forms.js';

/** Types that bring a new key, which the scenario cannot contain. */
const WITH_KEY = new Set(['actor.registered', 'key.added']);

/** The actors of a scenario: their keys, the names they use, and what each has signed so far. */
export class Cast implements ScenarioNames {
  /** Keys of each actor, the newest last, which signs. */
  private readonly signers = new Map<string, [Signer, ...Signer[]]>();
  private readonly chains = new Chains();
  private openedBy: string | undefined;

  constructor(private readonly scenario: Scenario) {
    for (const [id, { alg = 'Ed25519' }] of Object.entries(scenario.actors))
      this.signers.set(id, [generateSigner(alg).signer]);
  }

  lot = (name: string): string | undefined => this.chains.lot(name);
  head = (lot: string, actor: string): string | undefined => this.chains.head(lot, actor);
  event = (step: number): string | undefined => this.chains.ofStep(step)?.id;
  kid = (actor: string): string | undefined => this.signers.get(actor)?.[0].kid;
  nameOf = (lot: string): string => this.chains.nameOf(lot);
  stepOf = (event: string): number | undefined => this.chains.ofEvent(event)?.step;

  get opening(): string | undefined {
    return this.openedBy;
  }

  /** Returns the created lots by the scenario's names. */
  bornLots = (): (readonly [string, string])[] => [...this.chains.bornLots()];

  /** Fills the registry: opens the ledger, then actors, sites with their inspections, facilities and tags. */
  async register(client: AditClient, now: () => number): Promise<void> {
    const { origin, logKey, serviceKey } = await client.ledger();
    const submit = async (where: string, iss: string, type: string, body: Body): Promise<string> => {
      const time = now();
      const occurredAt = new Date(time).toISOString();
      const common = { log: origin, type, iss, iat: seconds(time), jti: randomToken(), occurredAt };
      try {
        return (await client.submit((await buildEvent({ ...common, ...body }, this.signerOf(iss))).event)).id;
      } catch (error) {
        throw refusedEntry(where, error);
      }
    };
    const { actors, sites, facilities, tags } = this.scenario;
    const registrar = { actor: REGISTRAR, key: this.signerOf(REGISTRAR).jwk };
    this.openedBy = await submit('actors.registrar', REGISTRAR, 'ledger.opened', { logKey, serviceKey, registrar });
    for (const [id, actor] of Object.entries(actors))
      if (id !== REGISTRAR) {
        const body = { ...expandActor(id, actor), ...(await this.keyOf(id)) };
        await submit(`actors.${id}`, REGISTRAR, 'actor.registered', body);
      }
    for (const [id, site] of Object.entries(sites)) {
      await submit(`sites.${id}`, REGISTRAR, 'site.registered', expandSite(id, site));
      const inspection = expandInspection(id, site, now());
      if (inspection !== null) await submit(`sites.${id}`, this.authority(), 'site.inspected', inspection);
    }
    for (const [id, facility] of Object.entries(facilities))
      await submit(`facilities.${id}`, REGISTRAR, 'facility.registered', expandFacility(id, facility));
    for (const [i, range] of tags.entries()) {
      const { issuer = this.authority() } = range;
      if (actors[issuer] === undefined) throw notAScenario(`tags.${i}: the issuer ${issuer} is not among the actors.`);
      await submit(`tags.${i}`, issuer, 'tags.issued', { ...range, issuer });
    }
  }

  /**
   * Signs a step with the actor's knowledge of the chain; the ledger decides whether it is acceptable. Throws
   * `AditError` if it cannot be signed.
   */
  async sign(index: number, step: Step, client: AditClient): Promise<string> {
    const { by, type } = step;
    const { origin: log } = this.scenario;
    const { size, root } = readCheckpoint(await client.checkpoint());
    const body = expandStep(step, this.scenario, this);
    const fresh = WITH_KEY.has(type) && body.key === undefined ? await this.newKey(String(body.actor)) : null;
    const claims: Claims = {
      log,
      type,
      iss: by,
      iat: seconds(Date.parse(step.at)),
      jti: randomToken(),
      occurredAt: step.at,
      seen: { size, root: encodeBase64(root) },
      ...body,
      ...fresh?.claims,
    };
    const born = bear(claims);
    const event = await signAnyway(claims, this.signerOf(by));
    if (fresh !== null) this.takeUp(String(body.actor), fresh.signer);
    if (type === 'key.revoked') this.layDown(String(body.actor), body.kid);
    const [jws = ''] = event.split('~');
    const touched = [...chained(claims.lots), ...chained(claims.inputs)];
    this.chains.add({
      id: eventId(jws.slice(0, jws.lastIndexOf('.'))),
      step: index,
      lots: [...touched.map(({ lot }) => lot), ...born.map(([, lot]) => lot)],
      prevs: touched.map(({ prev }) => prev),
      parties: [by, claims.to, claims.from, claims.holder].filter((party) => typeof party === 'string'),
      born,
      state: 'signed',
    });
    return event;
  }

  /** Records the ledger's answer to a step, which later signers know. */
  settled(index: number, state: 'admitted' | 'refused'): void {
    const signed = this.chains.ofStep(index);
    if (signed !== undefined) signed.state = state;
  }

  /** Whether a step follows a refused one, directly or not. */
  restsOnRefused(index: number): boolean {
    const signed = this.chains.ofStep(index);
    return signed !== undefined && this.chains.fails(signed);
  }

  /** An actor that is not registered has a key too. */
  private signerOf(id: string): Signer {
    const [first, ...more] = this.signers.get(id) ?? [generateSigner('Ed25519').signer];
    this.signers.set(id, [first, ...more]);
    return more.at(-1) ?? first;
  }

  private takeUp(id: string, signer: Signer): void {
    const before = this.signers.get(id);
    this.signers.set(id, before === undefined ? [signer] : [...before, signer]);
  }

  /** An actor without another key continues with the revoked one, and is refused. */
  private layDown(id: string, kid: unknown): void {
    const [first, ...more] = (this.signers.get(id) ?? []).filter((signer) => signer.kid !== kid);
    if (first !== undefined) this.signers.set(id, [first, ...more]);
  }

  private async keyOf(actor: string, signer: Signer = this.signerOf(actor)): Promise<Body> {
    return { key: signer.jwk, possession: await buildPossession(this.scenario.origin, actor, signer) };
  }

  private async newKey(actor: string): Promise<{ signer: Signer; claims: Body }> {
    const { signer } = generateSigner('Ed25519');
    return { signer, claims: await this.keyOf(actor, signer) };
  }

  private authority(): string {
    const { actors } = this.scenario;
    const ofRole = Object.keys(actors).filter((id) => actors[id]?.roles.includes('authority'));
    const found = ofRole.find((id) => id === 'authority') ?? ofRole[0];
    if (found === undefined)
      throw notAScenario('Sites are certified and tags issued by an authority, and no actor has that role.');
    return found;
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/**
 * Gives new lots the ids that derive from their event.
 * @returns their names in the scenario, with the ids.
 */
function bear(claims: Claims): [name: string, id: string][] {
  const { outputs, log, iss, jti } = claims;
  if (!Array.isArray(outputs)) return [];
  const born: [string, string][] = [];
  const ids = outputLotIds(log, iss, jti, outputs.length);
  claims.outputs = outputs.map((output: unknown, i) => {
    if (typeof output !== 'object' || output === null) return output;
    const id = ids[i] as string;
    if ('lot' in output) born.push([String(output.lot), id]);
    return { ...output, lot: id };
  });
  return born;
}

/** Signs also events that the signer's own check refuses; then all claims are plain. */
async function signAnyway(claims: Claims, signer: Signer): Promise<string> {
  try {
    return (await buildEvent(claims, signer)).event;
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    return `${await signJws({ ...claims }, EVENT_TYP, signer)}~`;
  }
}

/** A registry member that the ledger refuses is an error of the file. */
function refusedEntry(where: string, error: unknown): unknown {
  if (!(error instanceof AditError) && !(error instanceof AditProblem)) return error;
  const { code, detail, errors = [] } = error instanceof AditError ? error : error.problem;
  const places = errors.map((one) => `  ${where}${one.pointer.replaceAll('/', '.')}: ${one.detail}`);
  return notAScenario([`${where} is refused, ${code}: ${detail}`, ...places].join('\n'));
}

/** Returns the lots whose chain an event extends; named ones have no `prev`. */
function chained(list: unknown): { lot: string; prev: string }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'prev' in item && 'lot' in item
      ? [{ lot: String(item.lot), prev: String(item.prev) }]
      : [],
  );
}
