import { MAX_AROUND } from "./halves.ts";
import { ITEMS, OpenElement, SCOPE } from "./open-element.ts";
import type { Piece, PieceKind } from "./open-element.ts";

const OTLP = "OTLP/JSON (resourceSpans, resourceLogs)";
const JAEGER = "Jaeger's JSON (data)";

/** A fault in a file and its position. */
export class FileFault extends Error {
  readonly position: number;
  readonly line: number;

  constructor(message: string, position: number, line: number) {
    super(message);
    this.position = position;
    this.line = line;
  }
}

/** Largest element that cannot be cut: one span, or a Jaeger trace, since its processes follow its spans. */
const WHOLE_BYTES = 24_000_000;
/** Count of `{ [ : ,` in such an element. Real traces of that size have fewer; `[],[],…` would become half a gigabyte of objects. */
const WHOLE_TOKENS = 4_000_000;
/** Levels of brackets; each open one takes memory. Values may have 100 levels of four brackets each. */
const MAX_DEPTH = 10_000;

const LISTS: Readonly<Record<string, PieceKind | "resourceMetrics">> = {
  resourceSpans: "resourceSpans",
  resourceLogs: "resourceLogs",
  resourceMetrics: "resourceMetrics",
  data: "data",
};
const DOCUMENT = 1;
const LIST = 2;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const decoder = new TextDecoder();

/**
 * Cuts a document, or one document per line, into the elements of its lists as bytes arrive. It only knows brackets,
 * strings and keys: the parser of an element checks whether it is valid JSON.
 */
export class JsonPieces {
  readonly #open: number[] = [];
  /** The last key at each depth up to SCOPE. */
  readonly #keys: string[] = [];
  #position = 0;
  #line = 1;
  #inString = false;
  #isEscaped = false;
  /** Start of a string that may be a key, and its part in earlier chunks. */
  #stringFrom = -1;
  #stringHead = "";
  #mayBeKey = false;
  #isFirst = true;

  #kind: PieceKind | "resourceMetrics" | undefined;
  #isKnown = false;
  #index = 0;
  #needsComma = false;
  #element: OpenElement | undefined;
  /** Number of skipped lists of metrics. */
  metrics = 0;

  /** Bytes of the unfinished element. */
  get held(): number {
    return this.#element?.length ?? 0;
  }

  /** The elements that end in these bytes. Throws a `FileFault`. */
  *push(chunk: Uint8Array): Generator<Piece> {
    this.#stringFrom = this.#stringFrom < 0 ? -1 : 0;
    if (this.#element !== undefined) this.#element.from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === 0x0a) this.#line++;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === 0x5c) this.#isEscaped = true;
        else if (byte === 0x22) this.#endString(chunk, at);
        continue;
      }
      // A byte order mark is not part of the text.
      if (byte <= 0x20 || (this.#position + at < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[at])) continue;
      const piece = this.#take(chunk, at, byte);
      if (piece !== undefined) yield piece;
    }
    if (this.#stringFrom >= 0) this.#stringHead += decoder.decode(chunk.subarray(this.#stringFrom));
    // Longer than any known key.
    if (this.#stringHead.length > 64) this.#stringFrom = -1;
    this.#element?.append(chunk, chunk.length);
    this.#position += chunk.length;
    const { length = 0, tokens = 0 } = this.#element ?? {};
    if (length > WHOLE_BYTES) throw this.#tooLarge(`${WHOLE_BYTES} bytes`);
    if (tokens > WHOLE_TOKENS) throw this.#tooLarge(`${WHOLE_TOKENS} brackets, colons and commas`);
  }

  /** Call this after the last bytes: throws if the file is incomplete. */
  end(): void {
    if (this.#open.length > 0 || this.#inString) throw this.#fault("the file ends too soon", 0);
    if (this.#isFirst) throw this.#fault("the file is empty", 0);
  }

  #take(chunk: Uint8Array, at: number, byte: number): Piece | undefined {
    const depth = this.#open.length;
    if (depth === 0) this.#checkOutside(byte, at);
    this.#isFirst = false;
    if (depth === LIST && this.#kind !== undefined && this.#kind !== "resourceMetrics") this.#checkList(byte, at);
    switch (byte) {
      case 0x22:
        this.#inString = true;
        this.#stringHead = "";
        this.#stringFrom = this.#mayBeKey && depth <= SCOPE ? at + 1 : -1;
        return undefined;
      case 0x7b:
      case 0x5b:
        this.#enter(byte, depth, at);
        return undefined;
      case 0x7d:
      case 0x5d:
        return this.#leave(chunk, at, byte);
      case 0x2c:
        this.#mayBeKey = this.#open.at(-1) === 0x7b;
        this.#element?.comma(chunk, at, depth);
        return undefined;
      default:
        if (byte === 0x3a) this.#element?.count();
        this.#mayBeKey = false;
        return undefined;
    }
  }

  #enter(byte: number, depth: number, at: number): void {
    if (depth === MAX_DEPTH) throw this.#fault(`more than ${MAX_DEPTH} levels of brackets`, at);
    if (depth === DOCUMENT) this.#enterList(byte, at);
    if (depth === LIST && this.#kind !== undefined && this.#kind !== "resourceMetrics") {
      this.#element = new OpenElement(this.#kind, this.#index, this.#position + at, this.#line, at);
    }
    this.#open.push(byte);
    this.#keys[depth + 1] = "";
    this.#mayBeKey = byte === 0x7b;
    this.#element?.enter(at, depth + 1, this.#keys);
  }

  #enterList(byte: number, at: number): void {
    const kind = LISTS[this.#keys[DOCUMENT] ?? ""];
    this.#kind = byte === 0x5b ? kind : undefined;
    if (kind === undefined) return;
    if (byte === 0x7b) throw this.#fault(`${kind} must be a list`, at);
    this.#isKnown = true;
    this.#index = 0;
    this.#needsComma = false;
    if (kind === "resourceMetrics") this.metrics++;
  }

  #leave(chunk: Uint8Array, at: number, byte: number): Piece | undefined {
    const open = this.#open.pop();
    if (open === undefined || (open === 0x7b) !== (byte === 0x7d))
      throw this.#fault(`unexpected "${String.fromCharCode(byte)}"`, at);
    this.#mayBeKey = false;
    const depth = this.#open.length;
    if (depth === 0) this.#endDocument(at);
    if (depth === DOCUMENT) this.#kind = undefined;
    const element = this.#element;
    if (element === undefined) return undefined;
    if (depth === LIST) {
      element.append(chunk, at + 1);
      this.#element = undefined;
      this.#index++;
      this.#needsComma = true;
      return element.piece();
    }
    const isItem = depth === ITEMS && byte === 0x7d;
    if (!isItem || !element.isItem(this.#keys)) return undefined;
    const piece = element.endItem(chunk, at);
    if (piece !== undefined && element.around > MAX_AROUND) throw this.#tooLarge(`${MAX_AROUND} bytes around spans`);
    return piece;
  }

  #endString(chunk: Uint8Array, at: number): void {
    this.#inString = false;
    if (this.#stringFrom < 0) return;
    const key = this.#stringHead + decoder.decode(chunk.subarray(this.#stringFrom, at));
    this.#stringFrom = -1;
    this.#mayBeKey = false;
    const depth = this.#open.length;
    this.#keys[depth] = key;
    if (this.#element?.isLate(depth, key) === true)
      throw this.#fault(`${key} comes after so many spans that it can't be applied to them`, at);
  }

  #endDocument(at: number): void {
    if (!this.#isKnown) throw this.#fault(`neither ${OTLP} nor ${JAEGER}`, at);
    this.#isKnown = false;
  }

  #checkOutside(byte: number, at: number): void {
    if (byte !== 0x7b) throw this.#fault(`expected an object here, ${OTLP} or ${JAEGER}`, at);
  }

  #checkList(byte: number, at: number): void {
    if (byte === 0x5d) return;
    if (this.#needsComma !== (byte === 0x2c) || (byte !== 0x2c && byte !== 0x7b))
      throw this.#fault(`${this.#kind ?? ""}: expected ${this.#needsComma ? '"," or "]"' : "an object"} here`, at);
    this.#needsComma = false;
  }

  #tooLarge(what: string): FileFault {
    const { position, line } = this.#element ?? { position: this.#position, line: this.#line };
    return new FileFault(`more than ${what} that can't be split`, position, line);
  }

  #fault(message: string, at: number): FileFault {
    return new FileFault(message, this.#position + at, this.#line);
  }
}
