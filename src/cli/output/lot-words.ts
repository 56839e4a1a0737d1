import { milligrams } from '../../core/custody/quantity.js';

interface Mass {
  value: string;
  uom: string;
}

/** Digits by which milligrams are shifted to be grams and kilograms. */
const GRAM = 3;
const KILOGRAM = 6;

function decimal(amount: bigint, digits: number): string {
  const text = amount.toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return `${text.slice(0, -digits)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A mass in the unit that the trade uses: grams for gold, kilograms for everything else. */
export function massWords(mass: Mass, mineral: string | null): string {
  let amount: bigint;
  try {
    amount = milligrams(mass);
  } catch {
    return `${mass.value} ${mass.uom}`;
  }
  return mineral === 'gold' ? `${decimal(amount, GRAM)} g` : `${decimal(amount, KILOGRAM)} kg`;
}

/** One lot in a line: its id, its tags or number, what it is and how much. */
export function lotWords(lot: {
  id: string;
  tags: readonly string[];
  lotNumber?: string | null;
  mineral: string | null;
  mass: Mass | null;
}): string {
  const named = [...lot.tags, ...(lot.lotNumber == null ? [] : [lot.lotNumber])].join(' ');
  const what = [lot.mass === null ? '' : massWords(lot.mass, lot.mineral), lot.mineral ?? ''].filter(
    (text) => text !== '',
  );
  return [lot.id, named, what.join(' ')].filter((text) => text !== '').join('  ');
}
