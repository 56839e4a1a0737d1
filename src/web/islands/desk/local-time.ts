const two = (value: number): string => String(Math.abs(value)).padStart(2, '0');

/** Returns the offset of the clock of this device from UTC: "+02:00". */
export function offsetHere(): string {
  const minutes = -new Date().getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

const DAY = 86_400_000;
const TO_DAY = 10;

/** Returns the day so many days from now, as a form has it. */
export const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, TO_DAY);

/** Returns what was typed into a field of a form. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
