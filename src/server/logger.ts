import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.js';

/** Members that never reach the log, at the depths at which they occur. Bodies of events are never given to it at all. */
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

/** What the framework tells of its own start: two hundred lines that no operator needs. */
const FRAMEWORK = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Addresses of databases stand in errors of drivers now and then, with their passwords. */
const withoutPasswords = (text: string): string => text.replace(/(\w+:\/\/)[^\s/@]+@/g, '$1[redacted]@');

const hasMessage = (value: unknown): value is Record<string, unknown> & { msg: string } =>
  typeof value === 'object' && value !== null && typeof (value as { msg?: unknown }).msg === 'string';

/**
 * Nest's logger over pino: one JSON object a line, on standard error unless told otherwise. Give an object with `msg`
 * (and `err`, `request_id`, …) to have its members as fields: `logger.warn({ msg: 'a job failed', queue, err })`.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: LogLevel, destination: DestinationStream = pino.destination({ dest: 2, sync: true })) {
    this.pino = pino(
      { level, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorFields } },
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
      this.pino[level]({ ...fields, ...members }, withoutPasswords(msg));
    } else this.pino[level](fields, withoutPasswords(String(message)));
  }
}

/** Of an error its name, code, message and stack, and no other member: drivers hang statements and values on theirs. */
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
