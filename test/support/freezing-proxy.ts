import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP proxy whose open connections can be frozen: they stay open, and nothing passes any more. */
export class FreezingProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | null = null;

  constructor(private readonly target: URL) {}

  /** Gives the address of the target by way of the proxy. */
  async start(): Promise<string> {
    this.server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      near.pipe(far).pipe(near);
      const pair = [near, far] as const;
      this.pairs.add(pair);
      for (const [one, other] of [pair, [far, near] as const]) {
        one.on('error', () => other.destroy());
        one.on('close', () => {
          other.destroy();
          this.pairs.delete(pair);
        });
      }
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = new URL(this.target.href);
    address.hostname = '127.0.0.1';
    address.port = String((this.server.address() as AddressInfo).port);
    return address.href;
  }

  /** Lets nothing more through the connections that are open; new ones work. Gives how many there are. */
  freeze(): number {
    for (const [near, far] of this.pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
    return this.pairs.size;
  }

  stop(): void {
    for (const [near, far] of this.pairs) for (const socket of [near, far]) socket.destroy();
    this.server?.close();
  }
}
