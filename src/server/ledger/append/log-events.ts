import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../../core/custody/ledger-keys.js';
import { Clock } from '../../clock.js';
import type { AditError } from '../../../core/errors.js';
import { buildEvent } from '../../../core/event/build.js';
import { jwsDigest } from '../../../core/event/ids.js';
import type { SignedEvent } from '../../../core/event/event.js';
import { references } from '../../../core/event/references.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { readText } from '../read/reread-event.js';

/** An event of the ledger itself, signed by the service key. */
export interface OwnEvent {
  event: SignedEvent;
  text: string;
}

/**
 * Builds the entries that only the service signs: the log's clock, the evidence of a refusal, the sealed index. The
 * given thumbprint selects the service key in force.
 */
@Injectable()
export class LogEvents {
  constructor(
    private readonly identity: LedgerIdentity,
    private readonly time: Clock,
  ) {}

  /** Builds `log.clock` at `time`, ms since 1970 UTC. */
  clock(by: string, time: number): Promise<OwnEvent> {
    return this.build('log.clock', by, time, {});
  }

  /** Builds `event.refused`: the id of the refused event, its signer, and the reason; never its text. */
  refused(by: string, time: number, refused: SignedEvent, error: AditError): Promise<OwnEvent> {
    const { device, seq } = refused.payload;
    return this.build('event.refused', by, time, {
      event: refused.id,
      jws: jwsDigest(refused.jws),
      code: error.code,
      signer: refused.iss,
      lots: [...new Set(references(refused).lots.map(({ lot }) => lot))],
      // Contains the device's sequence number, so that it does not count as missing.
      ...(device === undefined || seq === undefined ? {} : { device, seq }),
    });
  }

  /** Builds `index.sealed`: the root of the sealed index over the first `size` entries. */
  indexSealed(by: string, size: number, root: Uint8Array): Promise<OwnEvent> {
    return this.build('index.sealed', by, this.time.now(), { size, root: Buffer.from(root).toString('base64') });
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
    return { text, event: readText(text, this.identity.origin) };
  }
}
