import { BARE_MCP_CALL, TOOL_NAMESPACES } from "../otel/semconv/attributes.ts";
import { endOf, startOf } from "./table/row-times.ts";
import { promptIn } from "./merged-rows.ts";
import type { QueryGroups } from "./query-groups.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/**
 * By row: 1 for a call of a tool or a run of an agent, which may be a span in which the agent logged its prompt. Several
 * instrumentations may nest their spans of one of these, such as the agent's, the client's and the server's of a call by the
 * Model Context Protocol: the outermost counts.
 */
export function countedRows(table: SpanTable, groups: QueryGroups): Readonly<Uint8Array> {
  let counted = folded.get(groups);
  if (counted === undefined) folded.set(groups, (counted = foldCounted(table, groups)));
  return counted;
}

/** A summary asks twice: for its names, and for its strip of steps. */
const folded = new WeakMap<QueryGroups, Uint8Array>();

function foldCounted(table: SpanTable, groups: QueryGroups): Uint8Array {
  const { rows } = table;
  const counted = new Uint8Array(rows.length);
  for (const kind of ["tool", "agent"] as const) countOutermost(table, groups, kind, counted);
  omitRepeated(table, groups, counted);
  return counted;
}

/**
 * Spans of one tool's call may also stand side by side, opencode's and the AI SDK's: they have the call's id and the same
 * time, and the first counts. The id alone does not tell: some models number the calls of each answer anew, so that a call
 * inside another one may have its id too.
 */
function omitRepeated(table: SpanTable, { parents, order }: QueryGroups, counted: Uint8Array): void {
  const { rows } = table;
  const wanted: number[] = [];
  counted.forEach((isCounted, row) => {
    if (isCounted === 1) wanted.push(row);
  });
  const repeated = repeatedCalls(table, wanted);
  if (repeated === undefined) return;
  const calls = new Map<string, number[]>();
  /** By row: the nearest tool's row at or above it; -1 without. */
  const nearest = new Int32Array(rows.length).fill(-1);
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    const above = parent < 0 ? -1 : (nearest[parent] ?? -1);
    const isTool = rows.kind(row) === "tool";
    nearest[row] = isTool ? row : above;
    if (!isTool || counted[row] !== 1 || !repeated.has(rows.word(row, Row.CALL))) continue;
    const key = callKey(table, row);
    if (above >= 0 && callKey(table, above) === key) continue;
    const known = calls.get(key);
    if (known === undefined) calls.set(key, [row]);
    else known.push(row);
  }
  for (const alike of calls.values()) {
    if (alike.length === 1) continue;
    let end = -1n;
    for (const row of alike.sort((a, b) => compareRows(table, a, b))) {
      if (startOf(table, row) <= end) counted[row] = 0;
      else end = endOf(table, row);
    }
  }
}

/** The hashes of calls that several tools' rows among these have; `undefined` without any, as in most sessions. */
export function repeatedCalls({ rows }: SpanTable, among: ArrayLike<number>): ReadonlySet<number> | undefined {
  let size = FIRST_SLOTS;
  while (size < among.length) size *= 2;
  /** Open addressing; 0 is free, and no call's hash. */
  const slots = new Uint32Array(size * 2);
  const mask = slots.length - 1;
  let repeated: Set<number> | undefined;
  for (let at = 0; at < among.length; at++) {
    const row = among[at] ?? 0;
    const call = rows.word(row, Row.CALL);
    if (call === 0 || rows.kind(row) !== "tool") continue;
    let slot = call & mask;
    while (slots[slot] !== 0 && slots[slot] !== call) slot = (slot + 1) & mask;
    if (slots[slot] === call) (repeated ??= new Set()).add(call);
    slots[slot] = call;
  }
  return repeated;
}

const FIRST_SLOTS = 64;

function callKey({ rows }: SpanTable, row: number): string {
  return `${rows.word(row, Row.TRACE)}:${rows.word(row, Row.CALL)}:${rows.string(row, Row.SUBJECT)}`;
}

/** What is below one of these is an operation of its own, though it has the same name: agents call themselves, and tools call agents. */
const BOUNDARIES: Readonly<Record<"tool" | "agent", number>> = {
  tool: Row.kindsOf(["agent", "team", "turn", "query", "llm"]),
  agent: Row.kindsOf(["tool", "team", "query", "llm"]),
};

function countOutermost(table: SpanTable, groups: QueryGroups, kind: "tool" | "agent", counted: Uint8Array): void {
  const { rows } = table;
  const { parents, order, derived } = groups;
  const boundaries = BOUNDARIES[kind];
  /** By row: the nearest named one at or above it; -1 without. */
  const nearest = new Int32Array(rows.length).fill(-1);
  /** Calls that name no tool: what is around them or below them names it. */
  const bare: number[] = [];
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    const above = parent < 0 ? -1 : (nearest[parent] ?? -1);
    const own = rows.kind(row);
    nearest[row] = rows.isAnyOf(row, boundaries) ? -1 : above;
    if (derived !== undefined && kind === "agent" && own !== "tool" && above < 0 && promptIn(table, groups, row) >= 0)
      counted[row] = 1;
    if (own !== kind || derived?.duplicates[row] === 1) continue;
    if (kind === "tool" && BARE_MCP_CALL.test(nameOf(table, row))) {
      if (above < 0) bare.push(row);
      continue;
    }
    nearest[row] = row;
    if (above < 0 || !isSame(table, above, row)) counted[row] = 1;
  }
  if (bare.length === 0) return;
  const hasNamedBelow = new Uint8Array(rows.length);
  for (let at = order.length - 1; at >= 0; at--) {
    const row = order[at] ?? 0;
    const parent = parents[row] ?? ROOT;
    const isNamed = rows.kind(row) === "tool" && nearest[row] === row;
    if (parent >= 0 && (isNamed || (hasNamedBelow[row] === 1 && !rows.isAnyOf(row, boundaries))))
      hasNamedBelow[parent] = 1;
  }
  for (const row of bare) if (hasNamedBelow[row] !== 1) counted[row] = 1;
}

/** Whether two nested spans of one kind are of one operation: they have the same name, and do not name two calls. */
function isSame(table: SpanTable, outer: number, inner: number): boolean {
  const { rows } = table;
  const outerCall = rows.word(outer, Row.CALL);
  const innerCall = rows.word(inner, Row.CALL);
  if (outerCall !== 0 && innerCall !== 0 && outerCall !== innerCall) return false;
  if (rows.string(outer, Row.SUBJECT) === rows.string(inner, Row.SUBJECT)) return true;
  return rows.kind(inner) === "tool" && isInNamespace(nameOf(table, outer), nameOf(table, inner));
}

/** Whether the outer name is the inner one in the namespace of a server, as agents name the tools of servers. */
function isInNamespace(outer: string, inner: string): boolean {
  if (inner === "" || !outer.endsWith(inner)) return false;
  return TOOL_NAMESPACES.test(outer.slice(0, outer.length - inner.length));
}

function nameOf(table: SpanTable, row: number): string {
  return table.text(row, Row.SUBJECT) ?? "";
}
