/** A fifth of an array that has just grown is empty: it has to fit in an object's memory. */
const GROWTH = 1.25;

type Numbers = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/**
 * An array with the same numbers and room for `length` of them at least, then a quarter more than before. `width`: it stays a multiple
 * of it. The given array is empty afterwards.
 */
export function grown<Kind extends Numbers>(numbers: Kind, length: number, width = 1): Kind {
  const capacity = Math.max(length, Math.ceil((numbers.length / width) * GROWTH) * width);
  // The constructor of an array makes its own kind.
  const Same = numbers.constructor as new (buffer: ArrayBuffer) => Kind;
  return new Same(numbers.buffer.transfer(capacity * numbers.BYTES_PER_ELEMENT));
}
