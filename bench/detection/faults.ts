import { faultsOfGoods } from './faults-of-goods.js';
import { faultsOfPapers } from './faults-of-papers.js';
import { faultsOfPlaces } from './faults-of-places.js';
import { faultsOfWorks } from './faults-of-works.js';
import { chains } from './minerals.js';
import { type Builder, DAY, HOUR, START } from './network.js';
import { Scene } from './scene.js';

/** One kind of fault and its benign twin, each played among honest chains; both return the lots concerned. */
export interface Fault {
  rule: string;
  what: string;
  /** Description of the twin. */
  beside: string;
  /** Minerals that it applies to; by default all four. */
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

/** Plants every kind so many times for each mineral, spread over the weeks of the network. */
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
