import { AditError } from '../../core/errors.js';
import { openCheckpoint } from '../../core/log/checkpoint.js';
import { sameHash } from '../../core/log/tree.js';
import type { MirrorLog } from '../ledger/replay/mirror-log.js';
import type { ReadTree } from '../ledger/read/read-tree.js';
import { originHash } from '../transparency/origin-hash.js';
import { checkpointOf } from '../transparency/witnesses/ask-witness.js';
import type { AskedWitness } from '../transparency/witnesses/witness-policy.js';
import { type Alarm, alarm } from './alarm.js';

/** Compares the checkpoints that witnesses have cosigned with the log that this monitor reads. */
export class CompareWitnesses {
  /** Checkpoints that were ahead of the log, by witness; the log must reach them by the next comparison. */
  private readonly ahead = new Map<string, { size: number; note: string }>();

  constructor(
    private readonly tree: ReadTree,
    private readonly mirror: MirrorLog,
    private readonly logKeys: readonly string[],
    private readonly witnesses: readonly AskedWitness[],
  ) {}

  /**
   * Compares the log with every witness.
   * @param size of the mirrored log;
   * @param shown its checkpoint.
   */
  async compare(origin: string, size: number, shown: string): Promise<Alarm[]> {
    const found = await Promise.all(
      this.witnesses.map(async (witness) => {
        const late = this.ahead.get(witness.name);
        this.ahead.delete(witness.name);
        if (late !== undefined && late.size > size) {
          const detail = `Witness ${witness.name} has cosigned ${late.size} entries, and the log still shows ${size}.`;
          return [alarm('rollback', detail, { checkpoints: [shown, late.note] })];
        }
        const note = await checkpointOf(witness, originHash(origin));
        return note === null ? [] : this.compareOne(witness.name, note, size, shown);
      }),
    );
    return found.flat();
  }

  private async compareOne(name: string, note: string, size: number, shown: string): Promise<Alarm[]> {
    try {
      const declared = await this.mirror.logKeys();
      const opened = openCheckpoint(note, [...this.logKeys, ...declared.map(({ vkey }) => vkey)]);
      if (!opened.ok) return [];
      const { checkpoint } = opened;
      if (checkpoint.size > size) this.ahead.set(name, { size: checkpoint.size, note });
      else if (!sameHash(await this.tree.rootAt(checkpoint.size), checkpoint.root)) {
        const detail = `Witness ${name} was shown another log of ${checkpoint.size} entries.`;
        return [alarm('fork', detail, { checkpoints: [shown, note] })];
      }
      return [];
    } catch (error) {
      if (error instanceof AditError) return [];
      throw error;
    }
  }
}
