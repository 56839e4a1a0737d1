import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.js';
import { maskUrls } from '../http/mask-urls.js';

type LogLevel = Config['logLevel'];

/** Members that are removed from log lines, at the depths at which they occur. Bodies of events are never logged. */
const SECRETS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'privateKey',
  'd',
  'token',
  'jws',
  'event',
  'connectionString',
];
const redact = {
  paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

/** Contexts of the framework's start: two hundred lines that no operator needs. */
const FRAMEWORK = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Characters of one text in a log line at most. */
const MAX_TEXT = 8_000;

/** Masks passwords in URLs, which errors of drivers may contain. Cuts first, which limits the work. */
const withoutPasswords = (text: string): string =>
  maskUrls(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text);

const withoutPasswordsIn = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, typeof value === 'string' ? withoutPasswords(value) : value]),
  );

const hasMessage = (value: unknown): value is Record<string, unknown> & { msg: string } =>
  typeof value === 'object' && value !== null && typeof (value as { msg?: unknown }).msg === 'string';

/**
 * Nest's logger over pino: one JSON object a line, on standard error by default. The members of an object with `msg`
 * (and `err`, `request_id`, …) become fields: `logger.warn({ msg: 'a job failed', queue, err })`.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param base members of every line. */
  constructor(
    level: LogLevel,
    destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
    base: Readonly<Record<string, string>> | null = null,
  ) {
    this.pino = pino(
      { level, base, redact, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorFields } },
      destination,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest appends the context as the last argument, and for errors the stack before it. */
  private write(level: Exclude<LogLevel, 'silent'>, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: withoutPasswords(rest[0]) } : {};
    const fields = { ...(typeof context === 'string' ? { context } : {}), ...stack };
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, withoutPasswords(message.message));
    else if (hasMessage(message)) {
      const { msg, ...members } = message;
      this.pino[level]({ ...fields, ...withoutPasswordsIn(members) }, withoutPasswords(msg));
    } else this.pino[level](fields, withoutPasswords(String(message)));
  }
}

/** Returns an error's name, code, message and stack only, because drivers add statements and values to theirs. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return withoutPasswords(String(error));
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: withoutPasswords(error.message),
    stack: withoutPasswords(error.stack ?? ''),
  };
}
