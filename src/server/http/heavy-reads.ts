import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Observable, defer, from, mergeMap } from 'rxjs';
import { AditError } from '../../core/errors.js';

/** Concurrent large answers at most; each may hold a large graph of lots in memory. */
const AT_ONCE = 8;
const AT_ONCE_OF_ADDRESS = 4;
/** Requests that may wait for a slot, and how long, ms. */
const MAY_WAIT = 32;
const MAY_WAIT_OF_ADDRESS = 8;
const PATIENCE = 2_000;

interface Waiting {
  address: string;
  begin: () => void;
}

/** Counts running requests by address and in all; requests above the limits wait briefly. */
export class Turns {
  private readonly running = new Map<string, number>();
  private inAll = 0;
  private waiting: Waiting[] = [];

  /** @param patience milliseconds that a request waits for a slot at most. */
  constructor(private readonly patience = PATIENCE) {}

  /**
   * Resolves when the address gets a slot, with the function that releases it. Throws `overloaded` if too many wait, or
   * one too long.
   */
  async take(address: string): Promise<() => void> {
    if (this.isFree(address)) this.begin(address);
    else await this.wait(address);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.end(address);
    };
  }

  private isFree(address: string): boolean {
    return this.inAll < AT_ONCE && (this.running.get(address) ?? 0) < AT_ONCE_OF_ADDRESS;
  }

  private wait(address: string): Promise<void> {
    const ofAddress = this.waiting.filter((one) => one.address === address).length;
    if (this.waiting.length >= MAY_WAIT || ofAddress >= MAY_WAIT_OF_ADDRESS) throw busy();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        address,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one !== waiting);
        reject(busy());
      }, this.patience);
      this.waiting.push(waiting);
    });
  }

  private end(address: string): void {
    this.inAll -= 1;
    const left = (this.running.get(address) ?? 1) - 1;
    if (left === 0) this.running.delete(address);
    else this.running.set(address, left);
    const next = this.waiting.find((one) => this.isFree(one.address));
    if (next === undefined) return;
    this.waiting = this.waiting.filter((one) => one !== next);
    this.begin(next.address);
    next.begin();
  }

  private begin(address: string): void {
    this.running.set(address, (this.running.get(address) ?? 0) + 1);
    this.inAll += 1;
  }
}

const busy = (): AditError =>
  new AditError(
    'overloaded',
    'The limit of concurrent large answers is reached; try again shortly, with fewer at once.',
  );

/** Limits the large answers that are made at once, for one address and in all (`@UseInterceptors(HeavyReads)`). */
@Injectable()
export class HeavyReads implements NestInterceptor {
  private readonly turns = new Turns();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    return defer(() => from(this.turns.take(ip))).pipe(mergeMap((end) => from(answered(next, end))));
  }
}

/**
 * The work continues after the reader disconnects, so the slot is held until it ends, and for a stream until it closes.
 */
async function answered(next: CallHandler, end: () => void): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await new Promise((resolve, reject) => {
      let last: unknown;
      next.handle().subscribe({ next: (value) => (last = value), error: reject, complete: () => resolve(last) });
    });
  } catch (error) {
    end();
    throw error;
  }
  if (answer instanceof StreamableFile) answer.getStream().once('close', end);
  else end();
  return answer;
}
