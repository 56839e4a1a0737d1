import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../../core/event/build.js';
import { eventId } from '../../core/event/ids.js';
import { encodeBase64 } from '../../core/log/base64.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import type { AditClient } from '../../client/adit-client.js';
import { CommandError } from '../terminal.js';
import { type Body, type Known, expandFacility, expandSite, expandStep } from './expand.js';
import type { Scenario, Step } from './scenario-file.js';

const REGISTRAR = 'registrar';

interface SignedStep {
  id: string;
  /** Lots whose newest event this is, once it is admitted. */
  lots: string[];
  /** Name of each new lot, and its id. */
  born: [string, string][];
}

/** The people of a scenario: their keys, the names they use, and what each of them has signed so far. */
export class Cast implements Known {
  private readonly signers = new Map<string, Signer>();
  private readonly lots = new Map<string, string>();
  private readonly names = new Map<string, string>();
  private readonly heads = new Map<string, string>();
  private readonly steps = new Map<number, SignedStep>();
  private readonly stepOfEvent = new Map<string, number>();
  private readonly admitted = new Set<string>();

  constructor(private readonly scenario: Scenario) {
    if (scenario.actors[REGISTRAR] === undefined)
      throw new CommandError(
        'The scenario has no actor "registrar".',
        'Every ledger is opened by one; add it to actors.',
      );
    for (const [id, { alg = 'Ed25519' }] of Object.entries(scenario.actors))
      this.signers.set(id, generateSigner(alg).signer);
  }

  lot = (name: string): string | undefined => this.lots.get(name);
  head = (lot: string): string | undefined => this.heads.get(lot);
  event = (step: number): string | undefined => this.steps.get(step)?.id;
  kid = (actor: string): string | undefined => this.signers.get(actor)?.kid;

  nameOf = (lot: string): string => this.names.get(lot) ?? lot;
  stepOf = (event: string): number | undefined => this.stepOfEvent.get(event);

  /** The lots that came to be, by the scenario's names. */
  bornLots(): [string, string][] {
    return [...this.lots].filter(([, id]) => this.admitted.has(id));
  }

  /** Fills the registry: opens the ledger, then actors, sites with their inspections, facilities and tags. */
  async register(client: AditClient, now: () => number): Promise<void> {
    const { origin, logKey, serviceKey } = await client.ledger();
    const submit = async (iss: string, type: string, body: Body): Promise<void> => {
      await client.submit(await this.build(origin, iss, type, now(), body));
    };
    const key = (this.signers.get(REGISTRAR) as Signer).jwk;
    await submit(REGISTRAR, 'ledger.opened', { logKey, serviceKey, registrar: { actor: REGISTRAR, key } });
    for (const [id, actor] of Object.entries(this.scenario.actors)) {
      if (id === REGISTRAR) continue;
      const signer = this.signers.get(id) as Signer;
      const { roles, country = 'ZZ', legalName, cardValidUntil } = actor;
      await submit(REGISTRAR, 'actor.registered', {
        actor: id,
        roles,
        country,
        key: signer.jwk,
        possession: await buildPossession(origin, id, signer),
        ...(legalName === undefined ? {} : { legalName }),
        ...(cardValidUntil === undefined ? {} : { card: { to: cardValidUntil } }),
      });
    }
    for (const [id, site] of Object.entries(this.scenario.sites)) {
      await submit(REGISTRAR, 'site.registered', expandSite(id, site));
      const { certification, activity = 1, inspectedOn: date } = site;
      if (certification !== undefined && date !== undefined)
        await submit(this.authority(), 'site.inspected', { site: id, date, certification, activity });
    }
    for (const [id, facility] of Object.entries(this.scenario.facilities))
      await submit(REGISTRAR, 'facility.registered', expandFacility(id, facility));
    for (const { issuer, ...tags } of this.scenario.tags) await submit(issuer, 'tags.issued', { ...tags, issuer });
  }

  /**
   * Signs a step as its actor knows the chain at that moment. @param ahead whether it is sent only later: what the
   * actor signs meanwhile already builds on it.
   */
  async sign(index: number, step: Step, client: AditClient, ahead: boolean): Promise<string> {
    const { origin } = this.scenario;
    const jti = randomToken();
    const body = expandStep(step, this);
    const born: [string, string][] = [];
    if (Array.isArray(body.outputs)) {
      const ids = outputLotIds(origin, step.by, jti, body.outputs.length);
      body.outputs = body.outputs.map((output: Body, i) => {
        const id = ids[i] as string;
        born.push([String(output.lot), id]);
        return { ...output, lot: id };
      });
    }
    const { size, root } = readCheckpoint(await client.checkpoint());
    const seen = { size, root: encodeBase64(root) };
    const event = await this.build(origin, step.by, step.type, Date.parse(step.at), { seen, ...body }, jti, step.at);
    const [jws = ''] = event.split('~');
    const id = eventId(jws.slice(0, jws.lastIndexOf('.')));
    const touched = [...listed(body.lots), ...listed(body.inputs)];
    this.steps.set(index, { id, lots: [...touched, ...born.map(([, lot]) => lot)], born });
    this.stepOfEvent.set(id, index);
    if (ahead) this.advance(index);
    return event;
  }

  /** The step was admitted, or waits: the chains have moved on. */
  accepted(index: number): void {
    this.advance(index);
    for (const [, id] of this.steps.get(index)?.born ?? []) this.admitted.add(id);
  }

  private advance(index: number): void {
    const signed = this.steps.get(index);
    for (const [name, id] of signed?.born ?? []) {
      this.lots.set(name, id);
      this.names.set(id, name);
    }
    for (const lot of signed?.lots ?? []) {
      // What was signed later on the same lot stays its head, also when this one arrives after it.
      const newer = [...this.steps].some(
        ([step, { lots, id }]) => step > index && lots.includes(lot) && this.heads.get(lot) === id,
      );
      if (!newer) this.heads.set(lot, signed?.id ?? '');
    }
  }

  private authority(): string {
    const found = Object.entries(this.scenario.actors).find(([, { roles }]) => roles.includes('authority'));
    if (found === undefined)
      throw new CommandError(
        'A site has an inspection, but there is no authority.',
        'Add an actor with the role authority.',
      );
    return found[0];
  }

  private async build(
    log: string,
    iss: string,
    type: string,
    time: number,
    body: Body,
    jti = randomToken(),
    occurredAt = new Date(time).toISOString(),
  ): Promise<string> {
    const signer = this.signers.get(iss);
    if (signer === undefined)
      throw new CommandError(`${iss} signs ${type} but is not among the actors.`, 'Add it to actors.');
    const iat = Math.floor(time / 1000);
    return (await buildEvent({ log, type, iss, iat, jti, occurredAt, ...body }, signer)).event;
  }
}

/** Ids of lots whose chain an event extends; those that are only named have no `prev`. */
function listed(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'prev' in item ? [(item as unknown as { lot: string }).lot] : [],
  );
}
