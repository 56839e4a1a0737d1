import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { witnessServer } from '../../src/cli/witness/witness-server.js';
import { WitnessStore, initWitness } from '../../src/cli/witness/witness-store.js';

/** What a request is answered with instead of the truth; null: the truth. */
export type Lie = (() => { status: number; text: string } | 'nothing') | null;

/** A witness in a folder of its own, that can be stopped, started again where it was, and told to lie. */
export class TestWitness {
  readonly folder = mkdtempSync(join(tmpdir(), 'adit-witness-'));
  readonly vkey: string;
  readonly store: WitnessStore;
  lie: Lie = null;
  private server: FastifyInstance | null = null;
  private port = 0;

  constructor(readonly name: string) {
    this.vkey = initWitness(this.folder, `example.org/${name}`);
    this.store = new WitnessStore(this.folder);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As a policy names it. */
  get line(): string {
    return `witness ${this.name} ${this.vkey} ${this.url}`;
  }

  async start(): Promise<void> {
    const server = witnessServer(this.store, { prefix: '', now: Date.now, report: () => undefined });
    server.addHook('onRequest', async (_request, reply) => {
      const answer = this.lie?.() ?? null;
      if (answer === 'nothing') await new Promise((resolve) => reply.raw.once('close', resolve));
      else if (answer !== null) await reply.code(answer.status).type('text/plain').send(answer.text);
    });
    await server.listen({ host: '127.0.0.1', port: this.port });
    this.port = Number(new URL(server.listeningOrigin).port);
    this.server = server;
  }

  async stop(): Promise<void> {
    await this.server?.close();
    this.server = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
