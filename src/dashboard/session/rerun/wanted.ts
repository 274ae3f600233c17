/** The query that the reader wants to run again: its panel opens with that section open. Not in a file that is loaded lazily. */
let wanted: string | undefined;

export function wantRerun(key: string): void {
  wanted = key;
}

/** Whether this query is wanted. The answer is given once. */
export function takeWanted(key: string): boolean {
  const isWanted = wanted === key;
  if (isWanted) wanted = undefined;
  return isWanted;
}
