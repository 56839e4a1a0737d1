import { type NodemailerError, type SMTPPoolOptions, createTransport } from 'nodemailer';
import { isMailAddress } from '../config-values.js';
import { isLoopback } from '../config.js';
import type { Language } from './words/index.js';

/** Connections to the mail server at once. */
const CONNECTIONS = 4;
/** What connecting, the greeting, or any silence of the server may take, ms. */
const TIME_LIMIT = 15_000;
/** Times that for one mail from first to last, waiting for a connection included. */
const WHOLE = 3;
/** A connection that nobody needs is closed after this, ms. */
const IDLE = 30_000;

/** Where mails go and whom they come from. */
export interface MailServer {
  /** smtp:// or smtps://, with the credentials in it where the server asks for them. */
  url: string;
  from: string;
  /** ms, instead of 15 s. */
  timeLimit?: number;
}

export interface OutgoingMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same at every try of one delivery (`messageIdOf`), so that duplicates can be recognised. */
  messageId: string;
  language: Language;
}

/** `refused`: this mail, or this address, never will be taken; `failed`: another try may succeed. */
export interface MailResult {
  outcome: 'accepted' | 'refused' | 'failed';
  /** The server's reply code; null where there was none. */
  code: number | null;
  /** A few words for the log of attempts; never an address, a password or the server's own text. */
  reason: string;
}

/** The Message-ID of a delivery: its id at the host by which the service is known. */
export function messageIdOf(delivery: string, publicUrl: string): string {
  return `<${delivery}@${new URL(publicUrl).hostname}>`;
}

/** Sends mails over one SMTP server, several at once, each within a bounded time. Never throws for what the server does. */
export class SendMail {
  private readonly transport: ReturnType<typeof transportTo>;
  private readonly wholeLimit: number;

  constructor(private readonly server: MailServer) {
    const timeLimit = server.timeLimit ?? TIME_LIMIT;
    this.wholeLimit = WHOLE * timeLimit;
    this.transport = transportTo(server.url, timeLimit);
  }

  async send({ to, subject, text, html, messageId, language }: OutgoingMail): Promise<MailResult> {
    if (!isMailAddress(to)) return { outcome: 'refused', code: null, reason: 'not a mail address' };
    try {
      await this.transport.sendMail({
        from: this.server.from,
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
        // Nothing in a mail of ours is fetched from a file or an address, whatever a text in it says.
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.timeout(this.wholeLimit),
      });
      return { outcome: 'accepted', code: 250, reason: 'accepted' };
    } catch (error) {
      return resultOf(error as NodemailerError);
    }
  }

  /** Lets what is being sent come to its end; what still waits fails, and is tried again by whoever comes after. */
  close(): void {
    this.transport.close();
  }
}

function transportTo(url: string, timeLimit: number) {
  return createTransport({
    ...connectionOf(url),
    pool: true,
    maxConnections: CONNECTIONS,
    idleTimeout: IDLE,
    // Only what no server has begun to read is sent again at once; all else is for the schedule of the deliveries.
    maxRequeues: 1,
    connectionTimeout: timeLimit,
    greetingTimeout: timeLimit,
    dnsTimeout: timeLimit,
    socketTimeout: timeLimit,
  });
}

/**
 * How to reach a server. What the address says after a `?` is not read: it could switch off what protects the password.
 * smtps:// and passwords need a certificate that verifies. smtp:// without a password takes whatever encryption there is
 * (RFC 7435): whoever could forge a certificate there could as well take the encryption away.
 */
export function connectionOf(address: string): SMTPPoolOptions {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const password = url.username !== '' || url.password !== '';
  const strict = secure || (password && !isLoopback(host));
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(strict && !secure ? { requireTLS: true } : {}),
    ...(strict ? {} : { opportunisticTLS: true }),
    tls: { rejectUnauthorized: strict },
    ...(password ? { auth: { user: decoded(url.username), pass: decoded(url.password) } } : {}),
  };
}

/** A password may have a percent sign that nobody encoded; it is then meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A permanent reply to the recipient or to the message is final; to anything else it tells of the server, not of the mail. */
function resultOf(error: NodemailerError): MailResult {
  const { code = 'failed', originalCode, command: step = 'CONN', responseCode } = error;
  if (responseCode === undefined) return { outcome: 'failed', code: null, reason: originalCode ?? code };
  const final = error.permanent === true && ['RCPT TO', 'DATA'].includes(step);
  const detail = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(error.response ?? '')?.[1];
  return {
    outcome: final ? 'refused' : 'failed',
    code: responseCode,
    reason: [String(responseCode), ...(detail === undefined ? [] : [detail]), 'to', step].join(' '),
  };
}
