import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** Receives webhooks in a separate process: counts them and verifies one in a hundred. */

interface Counts {
  received: number;
  distinct: number;
  verified: number;
  unsound: number;
}

const secrets = new Map<string, Webhook>();
const ids = new Set<string>();
const counts: Counts = { received: 0, distinct: 0, verified: 0, unsound: 0 };

async function take(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  counts.received += 1;
  ids.add(String(request.headers['webhook-id']));
  const webhook = secrets.get(request.url ?? '');
  if (counts.received % 100 !== 0 || webhook === undefined) return;
  try {
    webhook.verify(Buffer.concat(chunks).toString('utf8'), request.headers as Record<string, string>);
    counts.verified += 1;
  } catch {
    counts.unsound += 1;
  }
}

const server = createServer((request, response) => {
  void take(request).then(() => response.writeHead(204).end());
});
server.keepAliveTimeout = 30_000;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.on('message', (message: { path: string; secret: string } | 'count') => {
  if (message === 'count') process.send?.({ ...counts, distinct: ids.size });
  else secrets.set(message.path, new Webhook(message.secret));
});
process.send?.((server.address() as AddressInfo).port);
