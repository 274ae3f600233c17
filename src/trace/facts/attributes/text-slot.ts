/**
 * One of `slots` (a power of two) for a text, by its length and three of its units: names of one vendor begin alike, and
 * differ towards their ends. Cheap, and easily made to collide: for tables that hold what a program chose, or what may be missed.
 */
export function textSlot(text: string, slots: number): number {
  const { length } = text;
  if (length === 0) return 0;
  const last = text.charCodeAt(length - 1);
  const late = text.charCodeAt(length - 1 - (length >> 2));
  const middle = text.charCodeAt(length >> 1);
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (slots - 1);
}
