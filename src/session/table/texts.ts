import { textBucket } from "../../lib/fixed-keys.ts";
import * as Row from "./span-rows.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { SpanRows } from "./span-rows.ts";

/** Rows hold an index in 16 bits. */
export const MAX_STRINGS = 65_536;
/** UTF-16 units of all strings together: at most 4 MB of an object's memory. */
export const MAX_UNITS = 2_000_000;

/** Stands for no string. */
export const NONE = 0;
/** Stands for each string that the full pool could not store. */
const OTHER = 1;

const RECENT = 256;

/**
 * Distinct strings by 16-bit numbers. Recent ones are compared before the Map is used: a Map first makes each new copy of a text
 * unique in the heap.
 */
export class StringPool {
  readonly #texts: (string | undefined)[] = [undefined, "(other)"];
  readonly #indexes = new Map<string, number>();
  readonly #recent = new Uint16Array(RECENT);
  #units = 0;

  get units(): number {
    return this.#units;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The string's number; `full` if the pool is full. */
  intern(text: string | undefined, full: number = OTHER): number {
    if (text === undefined || text === "") return NONE;
    const bucket = textBucket(text, RECENT);
    const recent = this.#recent[bucket] ?? NONE;
    if (this.#texts[recent] === text) return recent;
    const known = this.#indexes.get(text);
    if (known !== undefined) return (this.#recent[bucket] = known);
    if (this.#texts.length >= MAX_STRINGS || this.#units + text.length > MAX_UNITS) return full;
    const index = this.#texts.length;
    this.#texts.push(text);
    this.#indexes.set(text, index);
    this.#recent[bucket] = index;
    this.#units += text.length;
    return index;
  }

  text(index: number): string | undefined {
    return this.#texts[index];
  }
}

/** All text fields of a row. */
export const TEXT_FIELDS = [
  Row.NAME,
  Row.QUERY_NAME,
  Row.QUERY_NAMESPACE,
  Row.SUBJECT,
  Row.SERVICE,
  Row.PROMPT,
  Row.USER,
  Row.FAILURE,
] as const;

/** Writes a span's texts to its row. If the pool is full, texts of a single span (prompt, failure) are omitted. */
export function writeTexts(rows: SpanRows, row: number, facts: SpanFacts, pool: StringPool): void {
  rows.setString(row, Row.NAME, isNameNeeded(facts) ? pool.intern(facts.name) : NONE);
  rows.setString(row, Row.QUERY_NAME, pool.intern(queryName(facts)));
  rows.setString(row, Row.QUERY_NAMESPACE, pool.intern(facts.query?.namespace));
  rows.setString(row, Row.SUBJECT, pool.intern(subject(facts)));
  rows.setString(row, Row.SERVICE, pool.intern(facts.service));
  rows.setString(row, Row.PROMPT, pool.intern(facts.prompt, NONE));
  rows.setString(row, Row.USER, pool.intern(facts.user));
  rows.setString(row, Row.FAILURE, pool.intern(facts.failure, NONE));
}

/** OTLP kinds that start a process's part of a trace: they represent it while their parents are missing. */
const SERVER = 2;
const CONSUMER = 5;

/** Inner calls have many names, and no summary shows them. The other names represent sessions, queries or missing parents. */
function isNameNeeded({ kind, otlpKind, parentSpanId, running, inputRequest }: SpanFacts): boolean {
  if (parentSpanId === "" || running || inputRequest !== undefined || otlpKind === SERVER || otlpKind === CONSUMER)
    return true;
  return kind !== "http" && kind !== "db" && kind !== "messaging" && kind !== "internal";
}

function queryName({ query, kind, name }: SpanFacts): string | undefined {
  return query?.name ?? (kind === "query" ? name : undefined);
}

function subject({ kind, name, agent, team, tool, model, target }: SpanFacts): string | undefined {
  if (kind === "agent") return agent ?? name;
  if (kind === "team") return team ?? name;
  if (kind === "tool") return tool ?? name;
  return kind === "llm" || kind === "embedding" ? model : target;
}
