import { type Body, fetchAgain } from './outside-client.js';
import type { SignedEvent } from './honest-world.js';

/** What the ledger said of an event: where it is, and the receipt if one was asked for. */
export interface Acknowledgement {
  index: number;
  receipt: string | null;
}

/** How one request ended: `unknown` where the answer was lost or says nothing of the events. */
export type Ending = 'answered' | 'unknown';

interface Result {
  status: string;
  id: string | null;
  index: number;
  receipt?: string;
  problem?: { code: string };
}

/** Codes after which the sender keeps its event and sends it again. */
const RETRYABLE = new Set(['overloaded', 'log-halted']);
const PATIENCE = 30_000;

/** What honest clients remember: everything they sent, what was acknowledged, and what was shown to them. */
export class Acknowledged {
  readonly sent = new Map<string, string>();
  readonly stored = new Map<string, Acknowledgement>();
  /** Sent, and whether it is stored is not known; in the order of sending. */
  readonly unknown = new Map<string, string>();
  readonly checkpoints: string[] = [];
  /** Every HTTP status that was seen. */
  readonly statuses = new Set<number>();

  /** Sends a batch and keeps what comes of it. Throws where an honest event is refused for what it is. */
  async sendBatch(base: string, events: readonly SignedEvent[]): Promise<Ending> {
    this.sending(events);
    const response = await this.request(
      `${base}/v1/events/batch?receipts=true`,
      events.map(({ event }) => ({ event })),
    );
    if (response?.status !== 200) return 'unknown';
    const { results } = response.body as { results: Result[] };
    results.forEach((result, i) => this.keep(events[i] as SignedEvent, result));
    return 'answered';
  }

  async sendOne(base: string, signed: SignedEvent): Promise<Ending> {
    this.sending([signed]);
    const response = await this.request(`${base}/v1/events`, { event: signed.event });
    if (response === null || response.status >= 500) return 'unknown';
    const accepted = response.status === 201 || response.status === 200;
    if (!accepted) throw new Error(`an honest event was answered ${response.status} ${JSON.stringify(response.body)}`);
    this.keep(signed, { status: 'accepted', ...response.body } as unknown as Result);
    return 'answered';
  }

  /** Sends everything of unknown outcome again, until each is known to be stored. */
  async settle(base: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (this.unknown.size > 0) {
      const events = [...this.unknown].slice(0, 1_000).map(([id, event]) => ({ id, event, lots: [] }));
      const ending = await this.sendBatch(base, events);
      if (ending === 'answered') continue;
      if (Date.now() > deadline) throw new Error(`the outcome of ${this.unknown.size} events stays unknown`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Remembers the checkpoint that is shown now. */
  async see(base: string): Promise<string> {
    const response = await fetchAgain(`${base}/log/checkpoint`);
    const note = await response.text();
    if (response.status !== 200) throw new Error(`no checkpoint: ${response.status} ${note}`);
    this.checkpoints.push(note);
    return note;
  }

  /** Counts as acknowledged what was recorded before: the first entries of the log. */
  recordAll(events: readonly SignedEvent[]): void {
    events.forEach(({ id, event }, index) => {
      this.sent.set(id, event);
      this.stored.set(id, { index, receipt: null });
    });
  }

  sending(events: readonly SignedEvent[]): void {
    for (const { id, event } of events) {
      this.sent.set(id, event);
      if (!this.stored.has(id)) this.unknown.set(id, event);
    }
  }

  private keep(signed: SignedEvent, { status, id, index, receipt, problem }: Result): void {
    if (status === 'refused' && RETRYABLE.has(problem?.code ?? '')) return;
    if (status !== 'accepted' && status !== 'duplicate')
      throw new Error(`an honest event was answered ${status} ${JSON.stringify(problem)}`);
    if (id !== signed.id) throw new Error(`${signed.id} was answered as ${id}`);
    const known = this.stored.get(signed.id);
    if (known !== undefined && (known.index !== index || known.receipt !== (receipt ?? known.receipt)))
      throw new Error(`${signed.id} got another place or another receipt than at first`);
    this.stored.set(signed.id, { index, receipt: receipt ?? known?.receipt ?? null });
    this.unknown.delete(signed.id);
  }

  private async request(url: string, body: unknown): Promise<{ status: number; body: Body } | null> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      this.statuses.add(response.status);
      return { status: response.status, body: (await response.json()) as Body };
    } catch {
      return null;
    }
  }
}
