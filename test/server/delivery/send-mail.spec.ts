import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { SendMail, connectionOf, messageIdOf } from '../../../src/server/delivery/mail/send-mail.js';

const SECRET = 'canary-7Yh';
const TO = 'agent@cooperative.example';

const mail = {
  to: TO,
  subject: 'Critique\u00a0: Une même étiquette sur deux lots',
  text: 'Une même étiquette sur deux lots\n',
  html: '<!doctype html><html lang="fr"><body><h1>Une même étiquette sur deux lots</h1></body></html>',
  messageId: messageIdOf('0b6c7b1e-0000-4000-8000-000000000001', 'https://ledger.example.org:8443/adit'),
  language: 'fr' as const,
};

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A mail server of the test's own, on a free port of this machine. */
async function serve(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({ logger: false, authOptional: true, ...options });
  server.on('error', () => undefined);
  const listening = await new Promise<Server>((resolve) => {
    const started = server.listen(0, '127.0.0.1', () => resolve(started));
  });
  open.push(() => new Promise<void>((resolve) => server.close(resolve)));
  return (listening.address() as AddressInfo).port;
}

/** Something that takes connections and does not speak SMTP to them. */
async function listen(speak: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    speak(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function sender(url: string, timeLimit = 5_000): SendMail {
  const sending = new SendMail({ url, from: 'Adit <alerts@ledger.example.org>', timeLimit });
  open.push(() => sending.close());
  return sending;
}

interface Received {
  raw: string;
  from: string;
  to: string[];
  encrypted: boolean;
  user: unknown;
}

const keepsIn = (received: Received[]): SMTPServerOptions['onData'] =>
  function (stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      received.push({
        raw: Buffer.concat(chunks).toString('utf8'),
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        encrypted: session.secure,
        user: session.user,
      });
      done();
    });
  };

const answering = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

/** The lines of the header, unfolded, and the parts of the body by their type, decoded. */
function read(raw: string): { headers: Map<string, string>; parts: Map<string, string> } {
  const headersOf = (block: string): Map<string, string> =>
    new Map(
      block
        .replace(/\r\n[ \t]+/g, ' ')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
  const split = (block: string): [string, string] => {
    const at = block.indexOf('\r\n\r\n');
    return [block.slice(0, at), block.slice(at + 4)];
  };
  const [head, body] = split(raw);
  const headers = headersOf(head);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.replace(/^\r\n/, '')))
    .map(([partHead, content]): [string, string] => {
      const kind = headersOf(partHead);
      const encoding = kind.get('content-transfer-encoding');
      const bytes =
        encoding === 'base64'
          ? Buffer.from(content, 'base64')
          : Buffer.from(
              content
                .replace(/=\r\n/g, '')
                .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
              'latin1',
            );
      return [kind.get('content-type')?.split(';')[0] ?? '', bytes.toString('utf8').trimEnd()];
    });
  return { headers, parts: new Map(parts) };
}

describe('sending a mail', () => {
  it('arrives with both parts, and with headers that say what it is', async () => {
    const received: Received[] = [];
    const port = await serve({ onData: keepsIn(received) });
    expect(await sender(`smtp://127.0.0.1:${port}`).send(mail)).toEqual({
      outcome: 'accepted',
      code: 250,
      reason: 'accepted',
    });
    expect(received).toHaveLength(1);
    const [{ raw, from, to }] = received as [Received];
    expect([from, to]).toEqual(['alerts@ledger.example.org', [TO]]);
    const { headers, parts } = read(raw);
    expect(headers.get('message-id')).toBe('<0b6c7b1e-0000-4000-8000-000000000001@ledger.example.org>');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('content-language')).toBe('fr');
    expect(headers.get('from')).toBe('Adit <alerts@ledger.example.org>');
    expect(headers.get('to')).toBe(TO);
    expect(headers.get('content-type')).toContain('multipart/alternative');
    expect(parts.get('text/plain')).toBe(mail.text.trimEnd());
    expect(parts.get('text/html')).toBe(mail.html);
  });

  it('encrypts where the server can, though nobody vouches for its certificate', async () => {
    const received: Received[] = [];
    const port = await serve({ onData: keepsIn(received) });
    expect((await sender(`smtp://127.0.0.1:${port}`).send(mail)).outcome).toBe('accepted');
    expect(received[0]?.encrypted).toBe(true);
    const plain = await serve({ onData: keepsIn(received), disabledCommands: ['STARTTLS'] });
    expect((await sender(`smtp://127.0.0.1:${plain}`).send(mail)).outcome).toBe('accepted');
    expect(received[1]?.encrypted).toBe(false);
  });

  it('does not speak to smtps:// with a certificate that does not verify', async () => {
    const received: Received[] = [];
    const port = await serve({ onData: keepsIn(received), secure: true });
    const result = await sender(`smtps://127.0.0.1:${port}`).send(mail);
    expect(result).toMatchObject({ outcome: 'failed', code: null });
    expect(received).toEqual([]);
  });

  it('carries the password that stands in the address, and never tells it', async () => {
    const received: Received[] = [];
    const port = await serve({
      authOptional: false,
      onData: keepsIn(received),
      onAuth: ({ username, password }, _, done) =>
        password === `${SECRET}%/@` ? done(null, { user: username }) : done(answering(535, `not you, ${password}`)),
    });
    const encoded = encodeURIComponent(`${SECRET}%/@`);
    expect((await sender(`smtp://adit:${encoded}@127.0.0.1:${port}`).send(mail)).outcome).toBe('accepted');
    expect(received[0]?.user).toBe('adit');
    const wrong = await sender(`smtp://adit:${SECRET}-wrong@127.0.0.1:${port}`).send(mail);
    // The mail may be a good one: it is the password that has to be mended.
    expect(wrong).toMatchObject({ outcome: 'failed', code: 535 });
    expect(JSON.stringify(wrong)).not.toContain(SECRET);
  });

  it('sends many at once over few connections', async () => {
    const received: Received[] = [];
    let connections = 0;
    const port = await serve({
      onData: keepsIn(received),
      onConnect: (_, done) => {
        connections += 1;
        done();
      },
    });
    const sending = sender(`smtp://127.0.0.1:${port}`, 30_000);
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        sending.send({ ...mail, messageId: messageIdOf(`delivery-${i}`, 'https://ledger.example.org') }),
      ),
    );
    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect(new Set(received.map(({ raw }) => read(raw).headers.get('message-id'))).size).toBe(40);
    expect(connections).toBeLessThanOrEqual(4);
  });
});

describe('a mail that is not taken', () => {
  it.each([
    ['550 to the recipient', 550, 'refused'],
    ['450 to the recipient', 450, 'failed'],
    ['503 to the recipient', 503, 'failed'],
  ] as const)('%s', async (_, code, outcome) => {
    const port = await serve({
      onRcptTo: ({ address }, _session, done) => done(answering(code, `5.1.1 <${address}> is not here`)),
    });
    const result = await sender(`smtp://127.0.0.1:${port}`).send(mail);
    expect(result).toMatchObject({ outcome, code });
    expect(result.reason).toContain('RCPT TO');
    expect(result.reason).not.toContain(TO);
  });

  it.each([
    ['554 to the message', 554, 'refused'],
    ['451 to the message', 451, 'failed'],
  ] as const)('%s', async (_, code, outcome) => {
    const port = await serve({
      onData: (stream, _session, done) => {
        stream.on('end', () => done(answering(code, 'not this one')));
        stream.resume();
      },
    });
    expect(await sender(`smtp://127.0.0.1:${port}`).send(mail)).toMatchObject({ outcome, code });
  });

  it('is tried again where the server will not have the sender, for that is not the mail', async () => {
    const port = await serve({ onMailFrom: (_address, _session, done) => done(answering(550, 'not from you')) });
    expect(await sender(`smtp://127.0.0.1:${port}`).send(mail)).toMatchObject({ outcome: 'failed', code: 550 });
  });

  it('is refused without asking where the address would become several, or a header', async () => {
    const received: Received[] = [];
    const port = await serve({ onData: keepsIn(received) });
    const sending = sender(`smtp://127.0.0.1:${port}`);
    for (const to of ['a@x.example, b@x.example', 'a@x.example\r\nBcc: b@x.example', '<a@x.example>', 'nobody', ''])
      expect(await sending.send({ ...mail, to })).toMatchObject({ outcome: 'refused', code: null });
    expect(received).toEqual([]);
  });

  it('keeps line breaks in a subject from becoming headers', async () => {
    const received: Received[] = [];
    const port = await serve({ onData: keepsIn(received) });
    await sender(`smtp://127.0.0.1:${port}`).send({ ...mail, subject: 'Low: x\r\nBcc: spy@x.example\r\n\r\nbody' });
    expect(read(received[0]?.raw ?? '').headers.has('bcc')).toBe(false);
    expect(received[0]?.to).toEqual([TO]);
  });

  it('fails where nobody listens', async () => {
    const port = await listen(() => undefined);
    await open.pop()?.();
    expect(await sender(`smtp://127.0.0.1:${port}`).send(mail)).toEqual({
      outcome: 'failed',
      code: null,
      reason: 'ECONNREFUSED',
    });
  });

  it('fails when the server says nothing, and when it says a little for ever', async () => {
    const silent = await listen(() => undefined);
    expect(await sender(`smtp://127.0.0.1:${silent}`, 200).send(mail)).toMatchObject({
      outcome: 'failed',
      reason: 'ETIMEDOUT',
    });
    // Each line comes before a silence is noticed: only the limit on the whole ends it.
    const trickling = await listen((socket) => {
      socket.write('220 here\r\n');
      const timer = setInterval(() => socket.write('250-more\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await sender(`smtp://127.0.0.1:${trickling}`, 200).send(mail)).toMatchObject({
      outcome: 'failed',
      code: null,
    });
  });

  it('fails when the server hangs up', async () => {
    const port = await listen((socket) => socket.end('220 here\r\n'));
    expect(await sender(`smtp://127.0.0.1:${port}`).send(mail)).toMatchObject({ outcome: 'failed', code: null });
  });

  it('fails after the sender was closed', async () => {
    const port = await serve({});
    const sending = sender(`smtp://127.0.0.1:${port}`);
    sending.close();
    expect(await sending.send(mail)).toMatchObject({ outcome: 'failed', code: null });
  });
});

describe('the connection to a mail server', () => {
  it('verifies certificates on smtps:// and wherever a password leaves this machine', () => {
    expect(connectionOf('smtps://mail.example.org')).toMatchObject({
      secure: true,
      port: 465,
      tls: { rejectUnauthorized: true },
    });
    expect(connectionOf('smtp://u:p@mail.example.org')).toMatchObject({
      port: 587,
      requireTLS: true,
      tls: { rejectUnauthorized: true },
    });
    expect(connectionOf('smtp://mail.example.org:25')).toMatchObject({
      secure: false,
      port: 25,
      opportunisticTLS: true,
      tls: { rejectUnauthorized: false },
    });
    expect(connectionOf('smtp://u:p@127.0.0.1:25')).not.toHaveProperty('requireTLS');
  });

  it('reads nothing after a question mark', () => {
    const address = 'smtps://u:p@mail.example.org?tls.rejectUnauthorized=false&logger=true';
    expect(connectionOf(address)).toEqual(connectionOf('smtps://u:p@mail.example.org'));
  });
});
