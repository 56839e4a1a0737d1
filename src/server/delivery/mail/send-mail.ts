import { type NodemailerError, type SMTPPoolOptions, createTransport } from 'nodemailer';
import { isMailAddress } from '../../../core/api/values.js';
import type { Language } from '../../../core/api/alerts/subscription.js';
import { hostnameOf, isLoopback } from '../../config/config-values.js';

/** Concurrent connections to the mail server. */
const CONNECTIONS = 4;
/** Time limit of connecting, of the greeting, and of any silence of the server, ms. */
const TIME_LIMIT = 15_000;
/** Time limits that one mail may take in all, waiting for a connection included. */
const WHOLE = 3;
/** Time after which an unused connection is closed, ms. */
const IDLE = 30_000;

/** The mail server and the sender's address. */
export interface MailServer {
  /** smtp:// or smtps://, with credentials if the server requires them. */
  url: string;
  from: string;
  /** In ms; default 15 s. */
  timeLimit?: number;
}

export interface OutgoingMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same at every attempt of one delivery (`messageIdOf`), so that receivers can deduplicate. */
  messageId: string;
  language: Language;
}

/** `refused`: the server will never accept this mail or address; `failed`: a retry may succeed. */
export interface MailResult {
  outcome: 'accepted' | 'refused' | 'failed';
  /** The server's reply code; null without a reply. */
  code: number | null;
  /** Short reason for the log of attempts; never an address, a password or the server's own text. */
  reason: string;
}

/** Returns the Message-ID of a delivery: its id at the host of the public URL. */
export function messageIdOf(delivery: string, publicUrl: string): string {
  return `<${delivery}@${new URL(publicUrl).hostname}>`;
}

/**
 * Sends mails over one SMTP server, several at once, each within a time limit. Errors of the server are results, not
 * exceptions.
 */
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
        // Nothing in a mail is read from a file or a URL, whatever its text contains.
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.timeout(this.wholeLimit),
      });
      return { outcome: 'accepted', code: 250, reason: 'accepted' };
    } catch (error) {
      return resultOf(error as NodemailerError);
    }
  }

  /** Completes the mails that are being sent; waiting ones fail and are retried later. */
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
    // Requeues only mails that no server has begun to read; the delivery schedule retries the others.
    maxRequeues: 1,
    connectionTimeout: timeLimit,
    greetingTimeout: timeLimit,
    dnsTimeout: timeLimit,
    socketTimeout: timeLimit,
  });
}

/**
 * Returns the options for a server. It ignores the URL's query, which could disable the protection of the password.
 * smtps:// and passwords require a certificate that verifies. smtp:// without a password encrypts where the server
 * offers it (RFC 7435): an attacker able to forge a certificate could also remove the encryption.
 */
export function connectionOf(address: string): SMTPPoolOptions {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  const host = hostnameOf(address);
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

/** Decodes a password; a percent sign that is no valid escape is taken literally. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Maps an error: a permanent reply to the recipient or the message is final; any other is the server's and may be
 * retried.
 */
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
