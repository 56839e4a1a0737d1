import { createHash, type JsonWebKey } from 'node:crypto';
import { Body, Controller, HttpCode, Injectable, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type JWK, compactVerify, importJWK } from 'jose';
import { Column, CreateDateColumn, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('events')
class StoredEvent {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id: string;
  @Column({ type: 'text' }) jws: string;
  @Column({ type: 'text', unique: true }) digest: string;
  @Column({ type: 'jsonb' }) payload: object;
  @CreateDateColumn({ type: 'timestamptz' }) storedAt: Date;
}

/** Verifies by jose, and saves one row by the repository, as most services do it. */
@Injectable()
class Events {
  constructor(
    private readonly source: DataSource,
    private readonly keys: ReadonlyMap<string, Awaited<ReturnType<typeof importJWK>>>,
  ) {}

  async store(event: string): Promise<{ id: string }> {
    const jws = event.split('~', 1)[0] ?? '';
    const { payload } = await compactVerify(jws, ({ kid }) => {
      const key = this.keys.get(String(kid));
      if (key === undefined) throw new Error('The key is unknown.');
      return key;
    });
    const events = this.source.getRepository(StoredEvent);
    const saved = await events.save({
      jws,
      digest: createHash('sha256').update(jws).digest('base64url'),
      payload: JSON.parse(Buffer.from(payload).toString()) as object,
    });
    return { id: saved.id };
  }
}

@Controller('v1/events')
class EventsController {
  constructor(private readonly events: Events) {}

  @Post()
  @HttpCode(201)
  store(@Body() { event }: { event: string }): Promise<{ id: string }> {
    return this.events.store(event);
  }
}

/** Starts the usual Nest service with TypeORM on an empty database; returns its URL. */
export async function startOrmService(databaseUrl: string, jwks: readonly JsonWebKey[]): Promise<string> {
  const source = new DataSource({ type: 'postgres', url: databaseUrl, entities: [StoredEvent], synchronize: true });
  await source.initialize();
  const keys = new Map(
    await Promise.all(jwks.map(async (jwk) => [String(jwk.kid), await importJWK(jwk as JWK, 'Ed25519')] as const)),
  );
  @Module({
    controllers: [EventsController],
    providers: [{ provide: Events, useFactory: () => new Events(source, keys) }],
  })
  class OrmModule {}
  const app = await NestFactory.create<NestFastifyApplication>(OrmModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
