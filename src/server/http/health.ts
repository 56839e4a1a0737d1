import { Injectable, Logger } from '@nestjs/common';
import type { Readiness } from '../../core/api/health.js';

/**
 * Returns null when ready, else the reason, in words that are safe to show. A check that throws is not ready either.
 */
export type ReadinessCheck = () => Promise<string | null>;

/** Default time limit of a check, ms. */
const TIME_LIMIT = 2_000;

/** Registers the checks that decide whether this process is ready for requests. */
@Injectable()
export class HealthRegistry {
  private readonly logger = new Logger('health');
  private readonly checks = new Map<string, { check: ReadinessCheck; limit: number }>();
  private readonly warnings = new Map<string, ReadinessCheck>();
  private isStarted = false;
  private isStopping = false;

  /** Adds a named check; returns the function that removes it. */
  register(name: string, check: ReadinessCheck, limit = TIME_LIMIT): () => void {
    this.checks.set(name, { check, limit });
    return () => this.checks.delete(name);
  }

  /** Adds a named check of a condition that operators must know but that does not stop requests. */
  registerWarning(name: string, check: ReadinessCheck): void {
    this.warnings.set(name, check);
  }

  /** Marks the process as started. */
  started(): void {
    this.isStarted = true;
  }

  /** Marks the process as stopping: it completes its requests and reports that it is not ready. */
  stopping(): void {
    this.isStopping = true;
  }

  get up(): boolean {
    return this.isStarted;
  }

  async readiness(): Promise<Readiness> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, { check, limit }]) => [name, await this.ask(name, check, limit)] as const),
    );
    const warned = await Promise.all(
      [...this.warnings].map(async ([name, check]) => [name, await this.ask(name, check, TIME_LIMIT)] as const),
    );
    const degraded = warned.filter(([, state]) => state !== 'ready');
    if (this.isStopping) entries.push(['process', 'stopping']);
    return {
      ready: entries.every(([, state]) => state === 'ready'),
      checks: Object.fromEntries(entries),
      ...(degraded.length > 0 ? { degraded: Object.fromEntries(degraded) } : {}),
    };
  }

  private async ask(name: string, check: ReadinessCheck, limit: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${limit} ms`), limit);
    });
    try {
      return (await Promise.race([check(), late])) ?? 'ready';
    } catch (error) {
      this.logger.warn({ msg: 'a readiness check failed', check: name, err: error });
      return 'failed';
    } finally {
      clearTimeout(timer);
    }
  }
}
