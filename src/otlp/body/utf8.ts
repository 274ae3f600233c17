/** Index of the first byte that is not UTF-8; the length if all are. Only for saying where: decoding is native. */
export function invalidUtf8At(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let low = 0;
  let high = bytes.length;
  // The beginning [0, low) is valid, perhaps but for an unfinished character at its end.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isBeginning(decoder, bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isBeginning(decoder: TextDecoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  } finally {
    resetDecoder(decoder);
  }
}

function resetDecoder(decoder: TextDecoder): void {
  try {
    decoder.decode();
  } catch {
    // An unfinished character at the end is an error of its own, and resets just the same.
  }
}
