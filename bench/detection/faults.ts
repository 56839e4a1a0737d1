import { faultsOfGoods } from './faults-of-goods.js';
import { faultsOfPapers } from './faults-of-papers.js';
import { faultsOfPlaces } from './faults-of-places.js';
import { faultsOfWorks } from './faults-of-works.js';
import { chains } from './minerals.js';
import { type Builder, START } from './network.js';
import { DAY, HOUR, Scene } from './scene.js';

/** One kind of fault beside its benign twin, each played where everything else is honest; both give the lots they are about. */
export interface Fault {
  rule: string;
  what: string;
  /** What the twin is. */
  beside: string;
  /** The minerals of whose chains it makes sense; all four where none are named. */
  minerals?: readonly string[];
  wrong(scene: Scene): string[];
  twin(scene: Scene): string[];
}

export const faults: readonly Fault[] = [...faultsOfGoods, ...faultsOfPlaces, ...faultsOfPapers, ...faultsOfWorks];

export interface Planted {
  fault: Fault;
  mineral: string;
  lots: string[];
}

/** Every kind so often for each mineral, spread over the weeks of the network. */
export function plant(builder: Builder, each: number, which: 'wrong' | 'twin'): Planted[] {
  return faults.flatMap((fault, kind) =>
    chains
      .filter(({ mineral }) => fault.minerals?.includes(mineral) ?? true)
      .flatMap((chain) =>
        Array.from({ length: each }, (_, i): Planted => {
          const time = START + (2 + i * 3 + (kind % 5)) * DAY + kind * HOUR * 0.1;
          const lots = fault[which](new Scene(builder, chain, time));
          return { fault, mineral: chain.mineral, lots };
        }),
      ),
  );
}
