import type { ListedActor, ListedSite } from '../core/api/registry.js';
import type { Stock } from '../core/api/stock.js';
import type { SeenTag } from '../core/api/tag.js';
import type { WaitingEventView } from '../core/api/waiting.js';
import { parseJsonFile } from '../core/event/grammar.js';
import type { Report } from '../core/api/report.js';
import type { Page } from '../core/api/page.js';
import type { Ledger } from '../core/api/ledger.js';
import type {
  Answer,
  Answers,
  DryRunAnswer,
  DryRunAnswers,
  LotEvent,
  Recorded,
  StoredEvent,
  Waiting,
} from '../core/api/event.js';
import type { JudgedLotState, Lineage, ListedLot } from '../core/api/lot.js';
import type { ListedFinding } from '../core/api/finding.js';
import type { Alert, AlertWithChanges, DeskNote } from '../core/api/alerts/alert.js';
import type { Session, SignInLink } from '../core/api/access/session.js';
import type { Silence } from '../core/api/alerts/silence.js';
import type {
  CreatedSubscription,
  Redelivered,
  RotatedSecret,
  Subscription,
  TestSent,
} from '../core/api/alerts/subscription.js';
import type { DeliveryWithMessage } from '../core/api/alerts/delivery.js';
import { AditProblem, CannotSignIn } from './problem.js';
import { ApiRequests, FIRST_WAIT, MAX_ANSWER, answerOf } from './requests.js';

/** Time without an answer after which an event is sent again, ms. */
const SUBMIT_PATIENCE = 30_000;
/** Time without any byte after which a stream counts as lost, three heartbeats, ms. */
const STREAM_SILENCE = 45_000;

export type SubmissionResult = (Recorded & { status: 'accepted' | 'duplicate' }) | Waiting;

/** A client of the HTTP API. It throws refusals as `AditProblem`, and retries after 503 and lost connections. */
export class AditClient extends ApiRequests {
  ledger(): Promise<Ledger> {
    return this.json('/v1/ledger');
  }

  async submit(event: string): Promise<SubmissionResult> {
    const response = await this.request('/v1/events', { method: 'POST', body: { event }, patience: SUBMIT_PATIENCE });
    const answer = (await answerOf(response)) as Record<string, unknown>;
    if (response.status === 202) return answer as Waiting;
    const status = response.status === 201 ? 'accepted' : 'duplicate';
    return { ...answer, status } as SubmissionResult;
  }

  async submitBatch(events: readonly string[], options: { receipts?: boolean } = {}): Promise<Answer[]> {
    const query = options.receipts === true ? '?receipts=true' : '';
    const body = events.map((event) => ({ event }));
    return (await this.json<Answers>(`/v1/events/batch${query}`, { method: 'POST', body })).results;
  }

  /**
   * Asks what the ledger would answer to events, each as if those before it had been recorded; records nothing.
   * @param events signed ones, or the claims of events that are not signed yet; 256 at most.
   * @example const [answer] = await client.dryRun([event]);
   */
  async dryRun(events: readonly (string | Record<string, unknown>)[]): Promise<DryRunAnswer[]> {
    const body = events.map((event) => ({ event }));
    return (await this.json<DryRunAnswers>('/v1/events/check/batch', { method: 'POST', body })).results;
  }

  event(id: string): Promise<StoredEvent> {
    return this.json(`/v1/events/${encodeURIComponent(id)}`);
  }

  receipt(id: string): Promise<string> {
    return this.text(`/v1/events/${encodeURIComponent(id)}/receipt`);
  }

  /** Returns who this client is to the service. */
  session(): Promise<Session> {
    return this.json('/v1/session');
  }

  /** Makes a link by which a browser signs in as the operator. */
  signInLink(): Promise<SignInLink> {
    return this.json('/v1/session/links', { method: 'POST', body: {} });
  }

  checkpoint(): Promise<string> {
    return this.text('/log/checkpoint');
  }

  lots(query: Record<string, string> = {}): Promise<Page<ListedLot>> {
    return this.json(`/v1/lots?${new URLSearchParams(query).toString()}`);
  }

  /** Lists every lot that matches the filters of `GET /v1/lots`, newest first, page by page. */
  allLots(query: Record<string, string> = {}): AsyncGenerator<ListedLot> {
    return this.pages<ListedLot>('/v1/lots', query);
  }

  /**
   * Lists the stock of actors, by mineral and form.
   * @param query such as `{holder: 'trader'}`
   */
  stock(query: Record<string, string> = {}): AsyncGenerator<Stock> {
    return this.pages<Stock>('/v1/stock', query);
  }

  actors(query: Record<string, string> = {}): AsyncGenerator<ListedActor> {
    return this.pages<ListedActor>('/v1/actors', query);
  }

  sites(query: Record<string, string> = {}): AsyncGenerator<ListedSite> {
    return this.pages<ListedSite>('/v1/sites', query);
  }

  /** Returns where a tag was issued, used and voided. Throws `not-found`. */
  tag(tag: string): Promise<SeenTag> {
    return this.json(`/v1/tags/${encodeURIComponent(tag)}`);
  }

  /** Lists the events that wait for their parents. */
  waiting(query: Record<string, string> = {}): AsyncGenerator<WaitingEventView> {
    return this.pages<WaitingEventView>('/v1/waiting', query);
  }

  lot(id: string): Promise<JudgedLotState> {
    return this.json(`/v1/lots/${encodeURIComponent(id)}`);
  }

  lotEvents(id: string): AsyncGenerator<LotEvent> {
    return this.pages<LotEvent>(`/v1/lots/${encodeURIComponent(id)}/events`);
  }

  lineage(id: string, direction: Lineage['direction'], depth = 64): Promise<Lineage> {
    return this.json(`/v1/lots/${encodeURIComponent(id)}/lineage?direction=${direction}&depth=${depth}`);
  }

  /** Returns the bundle of a lot, as text. */
  bundle(id: string, query: URLSearchParams): Promise<string> {
    return this.text(`/v1/lots/${encodeURIComponent(id)}/bundle?${query.toString()}`, 'application/json');
  }

  report(id: string): Promise<Report> {
    return this.json(`/v1/lots/${encodeURIComponent(id)}/report`);
  }

  findings(query: Record<string, string> = {}): AsyncGenerator<ListedFinding> {
    return this.pages<ListedFinding>('/v1/findings', query);
  }

  alerts(query: Record<string, string> = {}): AsyncGenerator<Alert> {
    return this.pages<Alert>('/v1/alerts', query);
  }

  /** Returns one alert with its changes by people. Throws `not-found`. */
  alert(id: string): Promise<AlertWithChanges> {
    return this.json(`/v1/alerts/${encodeURIComponent(id)}`);
  }

  acknowledgeAlert(id: string, note: DeskNote): Promise<Alert> {
    return this.json(`/v1/alerts/${encodeURIComponent(id)}/acknowledge`, { method: 'POST', body: note });
  }

  resolveAlert(id: string, note: DeskNote): Promise<Alert> {
    return this.json(`/v1/alerts/${encodeURIComponent(id)}/resolve`, { method: 'POST', body: note });
  }

  /** Assigns an alert; null removes the assignee. */
  assignAlert(id: string, assignee: string | null, note: DeskNote = {}): Promise<Alert> {
    return this.json(`/v1/alerts/${encodeURIComponent(id)}/assign`, { method: 'POST', body: { ...note, assignee } });
  }

  /** Silences notifications of the alerts that match the filters, until a time. */
  silence(asked: { filters: object; until: string; reason: string; by?: string }): Promise<Silence> {
    return this.json('/v1/silences', { method: 'POST', body: asked });
  }

  silences(): AsyncGenerator<Silence> {
    return this.pages<Silence>('/v1/silences', {}, null);
  }

  async endSilence(id: string): Promise<void> {
    await this.request(`/v1/silences/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /**
   * Creates a subscription.
   * @param asked as `POST /v1/subscriptions` accepts it, such as `{channel: 'webhook', url}`
   */
  subscribe(asked: Record<string, unknown>): Promise<CreatedSubscription> {
    return this.json('/v1/subscriptions', { method: 'POST', body: asked });
  }

  subscriptions(): AsyncGenerator<Subscription> {
    return this.pages<Subscription>('/v1/subscriptions');
  }

  async unsubscribe(id: string): Promise<void> {
    await this.request(`/v1/subscriptions/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  testSubscription(id: string): Promise<TestSent> {
    return this.json(`/v1/subscriptions/${encodeURIComponent(id)}/test`, { method: 'POST', body: {} });
  }

  rotateSecret(id: string): Promise<RotatedSecret> {
    return this.json(`/v1/subscriptions/${encodeURIComponent(id)}/rotate-secret`, { method: 'POST', body: {} });
  }

  redeliver(id: string, since: string): Promise<Redelivered> {
    return this.json(`/v1/subscriptions/${encodeURIComponent(id)}/redeliver`, { method: 'POST', body: { since } });
  }

  delivery(id: string): Promise<DeliveryWithMessage> {
    return this.json(`/v1/deliveries/${encodeURIComponent(id)}`);
  }

  /**
   * Streams alerts. After a lost connection it resumes after the last alert received or, before any, at the start of
   * the stream. Ends with the signal.
   */
  async *followAlerts(
    signal: AbortSignal,
    after?: string,
    filters: Record<string, string> = {},
  ): AsyncGenerator<{ id: string; alert: Alert }> {
    let last = after;
    while (!signal.aborted) {
      try {
        for await (const { id, alert } of this.alertStream(signal, last, filters)) {
          last = id;
          if (alert !== null) yield { id, alert };
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof CannotSignIn) throw error.cause;
        if (error instanceof AditProblem && error.problem.status < 500) throw error;
      }
      await this.pause(FIRST_WAIT);
    }
  }

  /** Yields each message with an id; one without an alert only marks the position of the stream. */
  private async *alertStream(
    signal: AbortSignal,
    last: string | undefined,
    filters: Record<string, string>,
  ): AsyncGenerator<{ id: string; alert: Alert | null }> {
    const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) };
    const silence = new AbortController();
    const listen = (): ReturnType<typeof setTimeout> => setTimeout(() => silence.abort(), STREAM_SILENCE);
    let watch = listen();
    try {
      const response = await this.fetcher(`${this.base}/v1/alerts/stream?${new URLSearchParams(filters).toString()}`, {
        headers,
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (!response.ok || response.body === null) throw await this.failure(response);
      const decoder = new TextDecoder();
      let held = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(watch);
        watch = listen();
        held += decoder.decode(chunk, { stream: true });
        const messages = held.split('\n\n');
        held = messages.pop() ?? '';
        for (const message of messages) {
          const fields = new Map(
            message.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
          );
          const [id, data] = [fields.get('id'), fields.get('data')];
          if (id !== undefined)
            yield {
              id,
              alert:
                data === undefined ? null : (parseJsonFile(data, 'The alert', MAX_ANSWER, { decimals: true }) as Alert),
            };
        }
      }
    } finally {
      clearTimeout(watch);
    }
  }
}
