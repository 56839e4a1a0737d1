import { Injectable } from '@nestjs/common';
import { encode } from 'cborg';
import { AditError } from '../../core/errors.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { ReadTree } from '../ledger/read/read-tree.js';
import { SealLog } from './seal-log.js';
import { ShowCheckpoint } from './show-checkpoint.js';

/** COSE header parameters (RFC 9052 §3.1, RFC 9942 §2) and their values. */
const ALG = 1;
const KID = 4;
const VDS = 395;
const VDP = 396;
/** EdDSA, the name that COSE libraries use for Ed25519. */
const EDDSA = -8;
const RFC9162_SHA256 = 1;
const INCLUSION = -1;
/** CBOR tag of COSE_Sign1 (RFC 9052 §2). */
const SIGN1 = Uint8Array.of(0xd2);

/**
 * Makes receipts as COSE (RFC 9942): the proof of a `.tlog-proof` as a COSE_Sign1 over the Merkle root. The root is
 * detached; verifiers compute it from the entry and its path. Only roots of signed checkpoints are signed.
 */
@Injectable()
export class CoseReceipt {
  constructor(
    private readonly log: ReadLog,
    private readonly tree: ReadTree,
    private readonly sealed: SealLog,
    private readonly shown: ShowCheckpoint,
  ) {}

  /** Makes the receipt of an event. Throws `not-found`. */
  async make(id: string): Promise<Uint8Array> {
    const entry = await this.log.entryById(id);
    if (entry === null) throw new AditError('not-found', `There is no event ${id} in this log.`);
    const { size, root } = readCheckpoint(await this.checkpointOver(entry.index));
    const path = await this.tree.proveInclusion(entry.index, size);
    const proof = encode([size, entry.index, path.map((hash) => Uint8Array.from(hash))]);
    const signer = await this.sealed.signerAt(size);
    const kid = Uint8Array.from(Buffer.from(signer.keyId, 'hex'));
    const header = encode(
      new Map<number, unknown>([
        [ALG, EDDSA],
        [KID, kid],
        [VDS, RFC9162_SHA256],
      ]),
    );
    const signature = signer.sign(encode(['Signature1', header, new Uint8Array(0), root]));
    const proofs = new Map([[VDP, new Map([[INCLUSION, [proof]]])]]);
    return Buffer.concat([SIGN1, encode([header, proofs, null, Uint8Array.from(signature)])]);
  }

  /** Returns the checkpoint that readers see; if that does not cover the entry, the newest signed one. */
  private async checkpointOver(index: number): Promise<string> {
    const shown = await this.shown.newest().catch((error: unknown) => {
      if (error instanceof AditError && error.code === 'overloaded') return null;
      throw error;
    });
    if (shown !== null && shown.size > index) return shown.note;
    const { size, note } = await this.sealed.newestCheckpoint();
    if (size > index) return note;
    throw new AditError('overloaded', 'The checkpoint over this entry is being signed; try again shortly.');
  }
}
