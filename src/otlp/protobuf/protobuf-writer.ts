/** Writes the few small messages that a receiver answers with. Defaults are left out by the caller. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  varint(field: number, value: number): this {
    this.#number(field << 3);
    this.#number(value);
    return this;
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#number((field << 3) | 2);
    this.#number(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** Any integer from 0 to 2^53. */
  #number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes.push(rest);
  }
}
