import { Pool } from 'undici';

/** What became of the events that were sent. */
export interface Sent {
  /** Times to the answer of those that were recorded, ms. */
  recorded: number[];
  /** Answers that ask for patience, and those among them that do not say for how long. */
  turnedAway: number;
  withoutRetryAfter: number;
  /** What was not sent because too many answers were still out. */
  late: number;
  failures: Map<string, number>;
}

/** Answers that may be out at once; a sender that waits for more measures itself. */
const MOST_UNDER_WAY = 2_000;
const CONNECTIONS = 1_024;
/** Between two portions of the load, ms. */
const TICK = 10;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends events one a request; what is turned away is sent again later, as it is. */
export class Sender {
  private readonly pool: Pool;
  private underWay = 0;
  private readonly again: string[] = [];
  private sent = this.nothing();

  /** @param events not sent yet; those that are sent are taken from its end. */
  constructor(
    url: string,
    private readonly events: string[],
  ) {
    this.pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  }

  /** Sends so many events a second, whatever is answered. */
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

  /** Sends from so many clients, each of which waits for its answer before it sends the next. */
  async inTurn(clients: number, milliseconds: number): Promise<Sent> {
    this.sent = this.nothing();
    const until = performance.now() + milliseconds;
    const client = async (): Promise<void> => {
      while (performance.now() < until) await this.post(this.sent);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return this.sent;
  }

  /** Sends one event, and gives how long it took to be recorded, ms; Infinity where it was not. */
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
