import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before a ledger that passes every request on and, while `cuts` says so, loses the answer. */
export class CuttingProxy {
  cuts: (asked: IncomingMessage) => boolean = () => false;
  /** Methods and paths whose answers were lost. */
  readonly lost: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string): Promise<CuttingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (asked: IncomingMessage, answer) => {
      const { method, url, headers } = asked;
      const passed = request(new URL(url ?? '/', target), { method, headers }, (response) => {
        if (!proxy.cuts(asked)) {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
          return;
        }
        response.resume().once('end', () => {
          proxy.lost.push(`${method} ${url}`);
          asked.socket.destroy();
        });
      });
      passed.once('error', () => asked.socket.destroy());
      answer.once('close', () => passed.destroy());
      asked.pipe(passed);
    });
    return proxy;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
