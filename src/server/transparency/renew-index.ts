import { Injectable } from '@nestjs/common';
import { CollectCosignatures } from './witnesses/collect-cosignatures.js';
import { SealIndex } from './seal-index.js';

/** Seals the index at the request of a reader. */
@Injectable()
export class RenewIndex {
  constructor(
    private readonly sealing: SealIndex,
    private readonly cosignatures: CollectCosignatures,
  ) {}

  /**
   * Seals the index and asks the witnesses to cosign it, because readers see only cosigned checkpoints. If too few answer,
   * readers see the last index that they cosigned.
   */
  async renew(): Promise<void> {
    if (await this.sealing.waits()) await this.cosignatures.collect();
    if (await this.sealing.waits()) return;
    await this.sealing.seal();
    await this.cosignatures.collect();
  }
}
