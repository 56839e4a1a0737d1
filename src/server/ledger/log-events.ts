import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../core/custody/ledger-keys.js';
import type { AditError } from '../../core/errors.js';
import { buildEvent } from '../../core/event/build.js';
import { jwsDigest } from '../../core/event/ids.js';
import { parseEnvelope } from '../../core/event/envelope.js';
import { type AditEvent, readEvent } from '../../core/event/event.js';
import { references } from '../../core/event/references.js';
import { LedgerIdentity } from './ledger-identity.js';

/** An event that the ledger itself writes, signed by the service key. */
export interface OwnEvent {
  event: AditEvent;
  text: string;
}

/**
 * Builds the entries that only the service signs: the log's time, the evidence of a refused attempt, the sealed index.
 * Each is signed by the service key whose thumbprint is given, the one in force.
 */
@Injectable()
export class LogEvents {
  constructor(private readonly identity: LedgerIdentity) {}

  /** `log.clock` at `time`, ms since 1970 UTC. */
  clock(by: string, time: number): Promise<OwnEvent> {
    return this.build('log.clock', by, time, {});
  }

  /** `event.refused`: that this JWS was sent, by whom it was signed, and why it was refused; never its text. */
  refused(by: string, time: number, refused: AditEvent, error: AditError): Promise<OwnEvent> {
    const { device, seq } = refused.payload;
    return this.build('event.refused', by, time, {
      event: refused.id,
      jws: jwsDigest(refused.jws),
      code: error.code,
      signer: refused.iss,
      lots: [...new Set(references(refused).lots.map(({ lot }) => lot))],
      // Which number of whose device this was, so that nobody asks where it went.
      ...(device === undefined || seq === undefined ? {} : { device, seq }),
    });
  }

  /** `index.sealed`: the root of the sealed index over the first `size` entries. */
  indexSealed(by: string, time: number, size: number, root: Uint8Array): Promise<OwnEvent> {
    return this.build('index.sealed', by, time, { size, root: Buffer.from(root).toString('base64') });
  }

  private async build(type: string, by: string, time: number, body: Record<string, unknown>): Promise<OwnEvent> {
    const { event: text } = await buildEvent(
      {
        log: this.identity.origin,
        type,
        iss: SERVICE_ACTOR,
        iat: Math.floor(time / 1000),
        jti: randomBytes(16).toString('base64url'),
        occurredAt: new Date(time).toISOString(),
        ...body,
      },
      this.identity.signer(by),
    );
    return { text, event: readEvent(parseEnvelope(text), this.identity.origin) };
  }
}
