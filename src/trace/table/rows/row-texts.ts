import type { SpanFacts } from "../../facts/facts.ts";
import * as Row from "./span-rows.ts";
import type { SpanRows } from "./span-rows.ts";
import { NONE } from "./string-pool.ts";
import type { StringPool } from "./string-pool.ts";

/** All fields of a row that hold the number of a text. */
export const TEXT_FIELDS = [
  Row.NAME,
  Row.QUERY_NAME,
  Row.QUERY_NAMESPACE,
  Row.SUBJECT,
  Row.SERVICE,
  Row.ASKED,
  Row.USER,
  Row.FAILURE,
] as const;

/** What of a span's texts its row keeps. Where the pool is full, what is shown of one span alone is left out. */
export function writeTexts(rows: SpanRows, row: number, facts: SpanFacts, pool: StringPool): void {
  rows.setString(row, Row.NAME, isNameNeeded(facts) ? pool.intern(facts.name) : NONE);
  rows.setString(row, Row.QUERY_NAME, pool.intern(queryName(facts)));
  rows.setString(row, Row.QUERY_NAMESPACE, pool.intern(facts.query?.namespace));
  rows.setString(row, Row.SUBJECT, pool.intern(subject(facts)));
  rows.setString(row, Row.SERVICE, pool.intern(facts.service));
  rows.setString(row, Row.ASKED, pool.intern(facts.asked, NONE));
  rows.setString(row, Row.USER, pool.intern(facts.user));
  rows.setString(row, Row.FAILURE, pool.intern(facts.failure, NONE));
}

/** OTLP's kinds that begin a process's part of a trace: their parents may live elsewhere, so they stand for them. */
const SERVER = 2;
const CONSUMER = 5;

/** Names of inner calls are many and no summary shows them; the others stand for sessions, queries or missing parents. */
function isNameNeeded({ kind, otlpKind, parentSpanId, running }: SpanFacts): boolean {
  if (parentSpanId === "" || running || otlpKind === SERVER || otlpKind === CONSUMER) return true;
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
