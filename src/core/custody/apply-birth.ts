import { modelsByStrength } from '../event/primitives.js';
import type { AditEvent } from '../event/event.js';
import { milligrams, partsPerMillion } from './quantity.js';
import { type Origins, declaredOrigins, flows, mixedOrigins } from './origins.js';
import type { LedgerView, Lot } from './view.js';

type DeclarationEvent = Extract<AditEvent, { type: 'lot.declared' }>;
type TransformingEvent = Extract<AditEvent, { type: 'lot.aggregated' | 'lot.split' | 'lot.processed' }>;
type Output = DeclarationEvent['payload']['outputs'][number] | TransformingEvent['payload']['outputs'][number];

/** Applies events that create lots: declarations at a site, and lots made of other lots, which end with the event. */
export function applyBirth(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'lot.declared') declare(event, view, index);
  else if (event.type === 'lot.aggregated' || event.type === 'lot.split' || event.type === 'lot.processed')
    transform(event, view, index);
}

interface Parentage extends Origins {
  holder: string;
  mineral: string;
  form: string;
  mass: bigint;
  moisture: number | null;
  grades: Lot['grades'];
  model: string | null;
  site: string | null;
  assayed: boolean;
}

/** Creates one output lot. Values of the output come first; values that it omits are inherited from the inputs. */
function bear(event: AditEvent, output: Output, parentage: Parentage, view: LedgerView, index: number): void {
  // Member by member: this runs once for every new lot, and object spread is several times slower.
  const lot: Lot = {
    id: output.lot,
    seq: 1,
    head: event.id,
    bornIndex: index,
    headIndex: index,
    status: 'held',
    holder: parentage.holder,
    inTransitTo: null,
    plannedArrival: null,
    recalledFrom: null,
    holds: [],
    mineral: parentage.mineral,
    form: parentage.form,
    mass: parentage.mass,
    moisture: parentage.moisture,
    grades: parentage.grades,
    tags: [...(output.tags ?? [])],
    model: parentage.model,
    lotNumber: output.lotNumber ?? null,
    site: parentage.site,
    bornAt: event.occurredAtMs,
    origins: parentage.origins,
    originsBy: parentage.originsBy,
    assayed: parentage.assayed,
  };
  view.lots.set(lot.id, lot);
  view.changes.lots.add(lot.id);
  view.changes.chain.push({ lot: lot.id, seq: 1, index });
  for (const tag of lot.tags) view.changes.tagUses.push({ tag, lot: lot.id, index });
}

function declare(event: DeclarationEvent, view: LedgerView, index: number): void {
  const { outputs, holder = event.iss } = event.payload;
  const site = event.place?.site ?? '';
  for (const output of outputs) {
    const { mineral, form, model = null } = output;
    const { moisture, grades } = measurementsOf(output);
    const mass = milligrams(output.mass);
    const { origins, originsBy } = declaredOrigins(site, { mineral, mass, moisture, grades });
    const parentage = {
      holder,
      mineral,
      form,
      mass,
      moisture,
      grades,
      model,
      site,
      assayed: false,
      origins,
      originsBy,
    };
    bear(event, output, parentage, view, index);
  }
}

const measurementsOf = ({ moisturePercent, grades }: Output): Pick<Lot, 'moisture' | 'grades'> => ({
  moisture: moisturePercent === undefined ? null : partsPerMillion(moisturePercent),
  grades: (grades ?? []).map((grade) => ({ ...grade })),
});

/** Returns the weakest chain-of-custody model of the inputs; null if one input has none. */
function weakestModel(inputs: readonly Lot[]): string | null {
  const ranks = inputs.map(({ model }) => (model === null ? Infinity : modelsByStrength.indexOf(model)));
  return modelsByStrength[Math.max(...ranks)] ?? null;
}

function transform(event: TransformingEvent, view: LedgerView, index: number): void {
  const { inputs: claimed, outputs } = event.payload;
  const inputs = claimed.flatMap(({ lot }) => view.lots.get(lot) ?? []);
  const masses = outputs.map(({ mass }) => milligrams(mass));
  const { outputs: origins, originsBy } = mixedOrigins(inputs, masses);
  // A split changes neither moisture nor grade; aggregation and processing do.
  const [whole] = event.type === 'lot.split' ? inputs : [];
  outputs.forEach((output, i) => {
    const measured = measurementsOf(output);
    bear(
      event,
      output,
      {
        holder: event.iss,
        mineral: output.mineral ?? inputs[0]?.mineral ?? '',
        form: output.form ?? inputs[0]?.form ?? '',
        mass: masses[i] ?? 0n,
        moisture: measured.moisture ?? whole?.moisture ?? null,
        grades: measured.grades.length > 0 ? measured.grades : (whole?.grades ?? []),
        model: output.model ?? weakestModel(inputs),
        site: null,
        assayed: inputs.every(({ assayed }) => assayed),
        origins: origins[i] ?? [],
        originsBy,
      },
      view,
      index,
    );
    for (const { from, mass } of flows(inputs, masses[i] ?? 0n))
      view.changes.lineage.push({ from, to: output.lot, index, mass });
  });
  for (const input of inputs) consume(input, event.id, view, index);
}

function consume(input: Lot, head: string, view: LedgerView, index: number): void {
  const seq = input.seq + 1;
  view.lots.set(input.id, { ...input, status: 'consumed', seq, head, headIndex: index });
  view.changes.lots.add(input.id);
  view.changes.chain.push({ lot: input.id, seq, index });
}
