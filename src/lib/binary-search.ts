/**
 * The number of indexes below `length` for which `isBefore` holds. It must hold for the first ones only; the result is then
 * the first index for which it does not, or `length`.
 */
export function countBefore(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
