import { Pool } from 'undici';

/** Results of the sent events. */
export interface Sent {
  /** Times to the answers of recorded events, ms. */
  recorded: number[];
  /** Number of refusals for overload, and of those without `Retry-After`. */
  turnedAway: number;
  withoutRetryAfter: number;
  /** Events not sent because too many answers were pending. */
  late: number;
  failures: Map<string, number>;
}

/** Pending answers at most; more would measure the sender itself. */
const MOST_UNDER_WAY = 2_000;
const CONNECTIONS = 1_024;
/** Interval between two portions of the load, ms. */
const TICK = 10;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends events one a request; sends those refused for overload again unchanged. */
export class Sender {
  private readonly pool: Pool;
  private underWay = 0;
  private readonly again: string[] = [];
  private sent = this.nothing();

  /** @param events to send, taken from the end. */
  constructor(
    url: string,
    private readonly events: string[],
  ) {
    this.pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  }

  /** Sends so many events a second, whatever the answers. */
  async byTheClock(perSecond: number, milliseconds: number): Promise<Sent> {
    this.sent = this.nothing();
    const started = performance.now();
    for (let count = 0; performance.now() - started < milliseconds;) {
      const due = Math.floor(((performance.now() - started) / 1_000) * perSecond);
      for (; count < due; count += 1)
        if (this.underWay >= MOST_UNDER_WAY) this.sent.late += 1;
        else void this.post(this.sent);
      await wait(TICK);
    }
    const { sent } = this;
    while (this.underWay > 0) await wait(TICK);
    return sent;
  }

  /** Sends from so many clients, each of which waits for its answer before the next. */
  async inTurn(clients: number, milliseconds: number): Promise<Sent> {
    this.sent = this.nothing();
    const until = performance.now() + milliseconds;
    const client = async (): Promise<void> => {
      while (performance.now() < until) await this.post(this.sent);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return this.sent;
  }

  /** Sends one event; returns the time until it was recorded, ms; Infinity if it was not. */
  async one(): Promise<number> {
    const sent = this.nothing();
    await this.post(sent);
    return sent.recorded[0] ?? Infinity;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private nothing(): Sent {
    return { recorded: [], turnedAway: 0, withoutRetryAfter: 0, late: 0, failures: new Map() };
  }

  private async post(sent: Sent): Promise<void> {
    const event = this.events.pop() ?? this.again.pop();
    if (event === undefined) throw new Error('There are no more events to send.');
    this.underWay += 1;
    const started = performance.now();
    const fail = (what: string): void => void sent.failures.set(what, (sent.failures.get(what) ?? 0) + 1);
    try {
      const { statusCode, headers, body } = await this.pool.request({
        path: '/v1/events',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event }),
      });
      await body.dump();
      if (statusCode === 201) sent.recorded.push(performance.now() - started);
      else if (statusCode === 503 || statusCode === 429) {
        sent.turnedAway += 1;
        if (headers['retry-after'] === undefined) sent.withoutRetryAfter += 1;
        this.again.push(event);
      } else fail(`${statusCode}`);
    } catch (error) {
      fail((error as Error).message);
    } finally {
      this.underWay -= 1;
    }
  }
}
