import { readFileSync } from 'node:fs';
import { type OutsideActor, openAsRegistrar } from './outside-client.js';
import { type TestServer, startTestServer } from './running-server.js';
import { type Asked, ask, askToken, assertionOf, boundToken, formOf, readAs } from './sign-in.js';

const kilograms = (value: string) => ({ value, uom: 'KGM' });

/** A ledger with access control, actors of each kind, and a lot that went from coop to trader and is on its way to buyer. */
export class TradingWorld {
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly service: TestServer,
    readonly actors: ReadonlyMap<string, OutsideActor>,
    /** Declared by coop, received by trader, dispatched to buyer. */
    readonly sold: string,
    /** Declared by coop, and in no other hands. */
    readonly kept: string,
    /** Id of the declaration of `sold`, and of the dispatch to buyer. */
    readonly declaration: string,
    readonly dispatch: string,
  ) {}

  static async open(settings: Record<string, string> = {}): Promise<TradingWorld> {
    const service = await startTestServer({
      ADIT_ACCESS: 'closed',
      ADIT_RATE_LIMIT_PER_MINUTE: '0',
      ...settings,
    });
    const registrar = await openAsRegistrar(service.url);
    const actors = new Map([['registrar', registrar]]);
    for (const [id, role, country] of [
      ['coop', 'miner', 'RW'],
      ['trader', 'trader', 'RW'],
      ['buyer', 'buyer', 'DE'],
      ['stranger', 'trader', 'RW'],
      ['authority', 'authority', 'RW'],
      ['elsewhere', 'authority', 'CD'],
      ['auditor', 'auditor', 'DE'],
    ] as const)
      actors.set(id, await registrar.register(id, [role], country));
    const [coop, trader] = [actors.get('coop') as OutsideActor, actors.get('trader') as OutsideActor];
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    const output = { lot: null, mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50') };
    const declared = await coop.must(
      'lot.declared',
      {
        outputs: [
          { ...output, tags: ['SYN-T-1'] },
          { ...output, tags: ['SYN-T-2'] },
        ],
      },
      { place: { site: 'hill' } },
    );
    const [sold = '', kept = ''] = declared.lots;
    const sent = await coop.must('custody.dispatched', { to: 'trader', lots: [{ lot: sold, prev: declared.id }] });
    const got = await trader.must('custody.received', {
      from: 'coop',
      lots: [{ lot: sold, prev: sent.id, mass: kilograms('50') }],
    });
    const on = await trader.must('custody.dispatched', { to: 'buyer', lots: [{ lot: sold, prev: got.id }] });
    return new TradingWorld(service, actors, sold, kept, declared.id, on.id);
  }

  actor(id: string): OutsideActor {
    const actor = this.actors.get(id);
    if (actor === undefined) throw new Error(`There is no ${id}.`);
    return actor;
  }

  /** Reads a path as an actor, as `operator`, or as `nobody`. */
  async read(who: string, path: string): Promise<Asked> {
    const url = `${this.service.url}${path}`;
    if (who === 'nobody') return ask(url);
    if (who === 'operator') return ask(url, { headers: { authorization: `Bearer ${this.operatorToken()}` } });
    if (who.startsWith('adit_share_')) return ask(url, { headers: { authorization: `Share ${who}` } });
    return readAs(this.actor(who), await this.token(who), path);
  }

  /** Reads a page as an actor, without following where it leads. */
  async page(who: string, path: string): Promise<{ status: number; headers: Headers; text: string }> {
    const answer = await fetch(this.service.url + path, {
      headers: { accept: 'text/html', authorization: `Bearer ${await this.plainToken(who)}` },
      redirect: 'manual',
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Sends a request with a body, or without one, as an actor. */
  async send(who: string, method: string, path: string, body?: object): Promise<Asked> {
    const token = await this.plainToken(who);
    return ask(`${this.service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  close(): Promise<void> {
    return this.service.close();
  }

  private async token(who: string): Promise<string> {
    const known = this.tokens.get(who) ?? (await boundToken(this.actor(who)));
    this.tokens.set(who, known);
    return known;
  }

  private async plainToken(who: string): Promise<string> {
    const { body } = await askToken(this.service.url, formOf(await assertionOf(this.actor(who))));
    return body.access_token as string;
  }

  operatorToken(): string {
    return readFileSync(this.service.config.operatorTokenFile, 'utf8').trim();
  }
}
