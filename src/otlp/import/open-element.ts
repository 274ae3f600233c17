/** The lists of a file: OTLP/JSON's two, or Jaeger's traces. */
export type PieceKind = "resourceSpans" | "resourceLogs" | "data";

/** The text of one element of a list, or of a part of a large element. */
export type Piece = {
  readonly kind: PieceKind;
  readonly bytes: Uint8Array;
  /** The element's index in its list, its first byte in the file, and its line, counted from 1. */
  readonly index: number;
  readonly position: number;
  readonly line: number;
  /** Count of `{ [ : ,` outside strings. */
  readonly tokens: number;
  /** Number of spans or log records, by counting brackets. */
  readonly items: number;
};

/** A larger element is cut between its spans, to limit the memory of parsing: see MAX_JSON_TOKENS. */
const MAX_TOKENS = 600_000;
/** For elements of large values: these cost little more than their text. */
const MAX_BYTES = 16_000_000;
/** Spans or log records: fewer than a request may have. */
const MAX_ITEMS = 15_000;

/** Keys of the lists within an element. */
const INNER: Readonly<Record<string, readonly [scopes: string, items: string]>> = {
  resourceSpans: ["scopeSpans", "spans"],
  resourceLogs: ["scopeLogs", "logRecords"],
};

/** Depths of brackets: inside an element, its scopes, a scope, its items. */
const ELEMENT = 3;
const SCOPES = 4;
export const SCOPE = 5;
export const ITEMS = 6;

const CLOSE = new TextEncoder().encode("]}]}");
/** Empty at first: an element that arrives in one chunk then takes exactly its own length. */
const NONE = new Uint8Array();

/**
 * The text of an element while it arrives. When it grows too large, the text so far becomes a piece, closed after the last
 * span; the rest continues with the same resource and scope.
 */
export class OpenElement {
  readonly kind: PieceKind;
  readonly position: number;
  readonly line: number;
  /** Start of the bytes in the current chunk that are not in the text yet. */
  from: number;
  readonly #index: number;
  #text = NONE;
  #length = 0;
  #tokens = 0;
  #items = 0;
  /** Positions of the text that each piece repeats: up to `[` of the scopes; from `{` of a scope to `[` of its spans. */
  #scopesEnd = 0;
  #scopeStart = 0;
  #itemsEnd = 0;
  #skipsComma = false;
  #isCut = false;
  #isScopeCut = false;

  constructor(kind: PieceKind, index: number, position: number, line: number, from: number) {
    this.kind = kind;
    this.#index = index;
    this.position = position;
    this.line = line;
    this.from = from;
  }

  get length(): number {
    return this.#length;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Appends the bytes of the chunk up to `end`. */
  append(chunk: Uint8Array, end: number): void {
    this.#write(chunk.subarray(this.from, end));
    this.from = end;
  }

  count(): void {
    this.#tokens++;
  }

  /** A bracket opens at `at` and leads to `depth`. `keys`: the last key at each depth. */
  enter(at: number, depth: number, keys: readonly string[]): void {
    this.#tokens++;
    const after = this.#length + at + 1 - this.from;
    const [scopes, items] = INNER[this.kind] ?? [];
    if (scopes === undefined || keys[ELEMENT] !== scopes) return;
    if (depth === SCOPES) this.#scopesEnd = after;
    if (depth === SCOPE) {
      this.#scopeStart = after - 1;
      this.#isScopeCut = false;
    }
    if (depth === ITEMS && keys[SCOPE] === items) {
      this.#itemsEnd = after;
      this.#skipsComma = false;
    }
  }

  comma(chunk: Uint8Array, at: number, depth: number): void {
    this.#tokens++;
    if (!this.#skipsComma || depth !== ITEMS) return;
    this.#skipsComma = false;
    this.append(chunk, at);
    this.from = at + 1;
  }

  /** Whether the value that ends now, at the depth of items, is an item. */
  isItem(keys: readonly string[]): boolean {
    const [scopes, items] = INNER[this.kind] ?? [];
    return scopes !== undefined && keys[ELEMENT] === scopes && keys[SCOPE] === items;
  }

  /** Bytes before the spans: each piece repeats them. */
  get around(): number {
    return this.#scopesEnd + this.#itemsEnd - this.#scopeStart;
  }

  /** A span ended at `at`. Returns a piece if the text is large enough for one. */
  endItem(chunk: Uint8Array, at: number): Piece | undefined {
    this.#items++;
    const bytes = this.#length + at + 1 - this.from;
    if (this.#tokens < MAX_TOKENS && this.#items < MAX_ITEMS && bytes < MAX_BYTES) return undefined;
    this.append(chunk, at + 1);
    const scopes = this.#text.slice(0, this.#scopesEnd);
    const scope = this.#text.slice(this.#scopeStart, this.#itemsEnd);
    this.#write(CLOSE);
    const piece = this.piece();
    this.#text = NONE;
    this.#length = 0;
    this.#tokens = 0;
    this.#items = 0;
    this.#write(scopes);
    this.#scopeStart = this.#length;
    this.#write(scope);
    this.#itemsEnd = this.#length;
    this.#skipsComma = true;
    this.#isCut = true;
    this.#isScopeCut = true;
    return piece;
  }

  /** Whether this key should have preceded a piece that was already cut. A late schema URL is tolerated: earlier pieces lack it. */
  isLate(depth: number, key: string): boolean {
    return (
      (depth === ELEMENT && key === "resource" && this.#isCut) ||
      (depth === SCOPE && key === "scope" && this.#isScopeCut)
    );
  }

  piece(): Piece {
    return {
      kind: this.kind,
      bytes: this.#text.subarray(0, this.#length),
      index: this.#index,
      position: this.position,
      line: this.line,
      tokens: this.#tokens,
      items: this.#items,
    };
  }

  #write(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#text.length) {
      const grown = new Uint8Array(Math.max(length, this.#text.length * 2));
      grown.set(this.#text.subarray(0, this.#length));
      this.#text = grown;
    }
    this.#text.set(bytes, this.#length);
    this.#length = length;
  }
}
