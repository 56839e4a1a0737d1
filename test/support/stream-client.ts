import { type Socket, connect } from 'node:net';

/** A reader of the live stream on a bare socket: light enough that thousands fit in a test. */
export class StreamClient {
  /** Numbers of the messages that came, in order. */
  readonly numbers: number[] = [];
  /** What a browser would send as `Last-Event-ID`. */
  last: string | null = null;
  private socket: Socket | null = null;
  private held = '';

  /** Connects and resolves once the stream has begun. @param query such as `?rule=tag-reused`. */
  async open(base: string, query = ''): Promise<void> {
    const { hostname, port } = new URL(base);
    const resume = this.last === null ? '' : `Last-Event-ID: ${this.last}\r\n`;
    const socket = connect(Number(port), hostname);
    this.socket = socket;
    this.held = '';
    socket.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('data', (text: string) => {
        this.read(text);
        if (this.last !== null) resolve();
      });
      socket.write(`GET /v1/alerts/stream${query} HTTP/1.1\r\nHost: ${hostname}\r\n${resume}\r\n`);
    });
    socket.off('error', () => undefined);
    socket.on('error', () => undefined);
  }

  close(): void {
    this.socket?.destroy();
  }

  /** Reads no more: what comes lies in the buffers between here and the server. */
  stall(): void {
    this.socket?.pause();
  }

  private read(text: string): void {
    this.held += text;
    const messages = this.held.split('\n\n');
    this.held = messages.pop() ?? '';
    for (const message of messages) {
      const id = /^id: ([0-9]+)$/m.exec(message)?.[1];
      if (id === undefined) continue;
      this.last = id;
      if (/^data: /m.test(message)) this.numbers.push(Number(id));
    }
  }
}
