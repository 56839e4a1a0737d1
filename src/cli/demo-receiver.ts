import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Alert } from '../core/api/alerts/alert.js';

/** Receives webhooks like a subscriber and accepts only messages that its secret verifies. */
export class Receiver {
  private webhook: Webhook | null = null;
  private readonly alerts: Alert[] = [];
  private readonly listeners = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request: IncomingMessage, response) => {
      receiver.take(request).then(
        (good) => response.writeHead(good ? 204 : 401).end(),
        () => response.writeHead(400).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  trust(secret: string): void {
    this.webhook = new Webhook(secret);
  }

  /** Returns the first alert, past or future, that matches; null when the signal ends the wait. */
  alert(looked: (alert: Alert) => boolean, signal: AbortSignal): Promise<Alert | null> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.alerts.find(looked);
        if (found === undefined && !signal.aborted) return;
        this.listeners.delete(look);
        resolve(found ?? null);
      };
      this.listeners.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async take(request: IncomingMessage): Promise<boolean> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    try {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      if (this.webhook === null) return false;
      this.alerts.push((this.webhook.verify(body, headers) as { data: Alert }).data);
    } catch {
      return false;
    }
    for (const look of this.listeners) look();
    return true;
  }
}
