import { quantityText } from '../../core/words.js';

interface Mass {
  value: string;
  uom: string;
}

/** Describes one lot in a line: id, tags, number, mass and goods. */
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
