import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { once } from 'node:events';
import pg from 'pg';

/** What the pooler does with the startup parameter `options`, as PgBouncer does by its settings. */
export type Options = 'refuses' | 'ignores' | 'passes on';

const SSL_REQUEST = 80_877_103;
const READY = 0x5a;
const IDLE = 0x49;

/** A message of the server: its type, length and body. */
const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const text = (field: string, words: string): Buffer => Buffer.from(`${field}${words}\0`);
const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', Buffer.from('I'));

/**
 * A connection pooler that gives each transaction another session of the server, as PgBouncer does with `pool_mode =
 * transaction`: whatever belongs to a session is gone after each transaction. Whoever connects is let in as the login of `url`.
 */
export class TransactionPooler {
  private readonly server: Server;
  private readonly open = new Set<pg.Client>();

  private constructor(
    private readonly target: string,
    private readonly options: Options,
  ) {
    this.server = createServer((client) => this.begin(client));
  }

  static async start(target: string, options: Options): Promise<TransactionPooler> {
    const pooler = new TransactionPooler(target, options);
    pooler.server.listen(0, '127.0.0.1');
    await once(pooler.server, 'listening');
    return pooler;
  }

  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const client of this.open) await client.end().catch(() => undefined);
  }

  private begin(client: Socket): void {
    client.on('error', () => undefined);
    client.once('data', (startup: Buffer) => {
      if (startup.readInt32BE(4) === SSL_REQUEST) {
        client.write('N');
        return this.begin(client);
      }
      const parameters = startup.subarray(8).toString().split('\0');
      const given = parameters[parameters.indexOf('options') + 1];
      const sent = parameters.includes('options') ? given : undefined;
      if (sent !== undefined && this.options === 'refuses') {
        const words = text('M', 'unsupported startup parameter: options');
        client.end(message('E', Buffer.concat([text('S', 'FATAL'), text('C', '08P01'), words, Buffer.alloc(1)])));
        return;
      }
      client.write(Buffer.concat([authenticated, ready]));
      this.serve(client, this.options === 'passes on' ? sent : undefined);
    });
  }

  /** Passes messages on, those after the end of a transaction to a session that was not used before. */
  private serve(client: Socket, options: string | undefined): void {
    let backend: Promise<Socket> | null = null;
    client.on('data', (data: Buffer) => {
      backend ??= this.session(client, options, () => (backend = null));
      void backend.then((socket) => socket.write(data)).catch(() => client.destroy());
    });
    client.on('close', () => void backend?.then((socket) => socket.destroy()).catch(() => undefined));
  }

  private async session(client: Socket, options: string | undefined, free: () => void): Promise<Socket> {
    const session = new pg.Client({ connectionString: this.target, options });
    session.on('error', () => undefined);
    await session.connect();
    this.open.add(session);
    const { stream } = (session as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners('data');
    stream.on('data', (data: Buffer) => {
      // Ready and in no transaction: the last six bytes of an answer.
      const end = data.subarray(-6);
      if (end[0] === READY && end[5] === IDLE) free();
      client.write(data);
    });
    return stream;
  }
}
