import { Decoding } from "../decoding.ts";

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(input: unknown): input is JsonObject {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

export function isList(input: unknown): input is readonly unknown[] {
  return Array.isArray(input);
}

/** How the body was parsed: exact numbers and lone surrogates cost time, and few exporters send them. */
export type JsonReading = {
  /** Integers that a double would round have been made strings. */
  readonly exactIntegers: boolean;
  /** The text has escapes of surrogates: each string has to be made well-formed. */
  readonly surrogateEscapes: boolean;
};

export class JsonDecoding extends Decoding {
  readonly reading: JsonReading;
  /** An integer beyond 2^53 was met whose digits `JSON.parse` has rounded: read the body again, exactly. */
  digitsLost = false;

  constructor(reading: JsonReading) {
    super();
    this.reading = reading;
  }

  get stopped(): boolean {
    return this.refusal !== undefined || this.digitsLost;
  }

  /** A list; null and absence are the empty one. */
  list(field: string, input: unknown): readonly unknown[] {
    if (input === undefined || input === null) return [];
    if (isList(input)) return input;
    this.wrongShape(field, `expected an array, got ${shown(input)}`);
    return [];
  }

  /** A message that may be absent. */
  message(field: string, input: unknown): JsonObject | undefined {
    if (input === undefined || input === null) return undefined;
    return this.element(field, input);
  }

  /** A message that must be there: an element of a list. */
  element(field: string, input: unknown): JsonObject | undefined {
    if (isObject(input)) return input;
    this.wrongShape(field, `expected an object, got ${shown(input)}`);
    return undefined;
  }
}

/** A wrong value as a reason quotes it: short, and never a structure's content. */
export function shown(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input);
  if (typeof input === "number" || typeof input === "boolean") return String(input);
  if (isList(input)) return "an array";
  return input === null || input === undefined ? "null" : "an object";
}
