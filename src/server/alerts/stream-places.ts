import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Config } from '../config/config.js';

/** Open streams of all addresses at most; the rest of the connections serve other requests. */
const MOST = 3_000;

/** Limits the open streams of each address and in all, so that one reader cannot block the others. */
@Injectable()
export class StreamPlaces {
  private readonly taken = new Map<string, number>();
  private all = 0;

  constructor(private readonly config: Config) {}

  /**
   * Counts one stream of an address; returns the function that ends the count. Throws `rate-limited` above the limit.
   */
  take(address: string): () => void {
    const most = this.config.streamsPerAddress;
    const own = this.taken.get(address) ?? 0;
    if (own >= most)
      throw new AditError(
        'rate-limited',
        `One address may have ${most} streams open; close one, or filter less finely.`,
      );
    if (this.all >= MOST) throw new AditError('overloaded', `${MOST} streams are open; try again shortly.`);
    this.taken.set(address, own + 1);
    this.all += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.all -= 1;
      const left = (this.taken.get(address) ?? 1) - 1;
      if (left > 0) this.taken.set(address, left);
      else this.taken.delete(address);
    };
  }
}
