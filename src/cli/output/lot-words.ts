import { quantityText } from '../../core/words.js';

interface Mass {
  value: string;
  uom: string;
}

/** One lot in a line: its id, its tags and number, how much of what. */
export function lotWords(lot: {
  id: string;
  tags: readonly string[];
  lotNumber: string | null;
  mineral: string | null;
  mass: Mass | null;
}): string {
  const named = [...lot.tags, ...(lot.lotNumber === null ? [] : [lot.lotNumber])].join(' ');
  const mass = lot.mass === null ? '' : quantityText(lot.mass, lot.mineral ?? '');
  const what = [mass, lot.mineral ?? ''].filter((text) => text !== '');
  return [lot.id, named, what.join(' ')].filter((text) => text !== '').join('  ');
}
