import type { InputRequest } from "../facts/input-request.ts";
import * as Row from "./table/span-rows.ts";
import { highWord, lowWord } from "../lib/hex.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { queryName } from "./queries.ts";
import type { QueryFold } from "./queries.ts";
import { ROOT } from "./table/parent-links.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { OpenInputRequest } from "./summary.ts";

/** An input request and the row of its span. `call`: the span may itself be the waiting tool call, as only a log record has the request. */
type RowRequest = { readonly row: number; readonly request: InputRequest; readonly call?: true };

/**
 * The oldest open input request, if there is one. For a task, the latest state from any span of the session counts. Any
 * other request is open as long as its span can still receive the answer.
 */
export function waitingOf(table: SpanTable, fold: QueryFold): OpenInputRequest | undefined {
  const tasks = new Map<string, { open: RowRequest[]; closedAt: bigint }>();
  const receivers = new Receivers(table, fold);
  let first: RowRequest | undefined;
  const offer = (found: RowRequest): void => {
    if (first === undefined || isEarlier(table, found, first)) first = found;
  };
  for (const found of requestsIn(table)) {
    const { row, request } = found;
    if (request.task === "") {
      if (receivers.canReceive(row, request.since)) offer(found);
      continue;
    }
    let task = tasks.get(request.task);
    if (task === undefined) tasks.set(request.task, (task = { open: [], closedAt: -1n }));
    if (request.state === "open") task.open.push(found);
    else if (request.since > task.closedAt) task.closedAt = request.since;
  }
  for (const { open, closedAt } of tasks.values()) for (const one of open) if (one.request.since > closedAt) offer(one);
  return first === undefined ? undefined : describe(table, fold, first);
}

/** Input requests of spans, and of log records about spans. An answer in a log record closes the span's own request. */
function* requestsIn(table: SpanTable): Generator<RowRequest> {
  const requesting = new Set<number>();
  for (const { trace, spanId, otlpKind, inputRequest: request } of table.inputRequests.all) {
    const row = table.find(trace, { spanId, otlpKind });
    requesting.add(row);
    const recorded = table.annotations.at(trace, spanId)?.inputRequest;
    const isAnswered = recorded?.state === "closed" && request.task === "" && recorded.since >= request.since;
    if (row >= 0 && !isAnswered) yield { row, request };
  }
  for (const { trace, spanId, inputRequest: request } of table.annotations.inputRequests()) {
    const row = table.rowOf(trace, highWord(spanId), lowWord(spanId));
    if (row < 0 || (request.untilEnd === true && !table.rows.running(row))) continue;
    if (request.state !== "open" && request.task === "") continue;
    yield requesting.has(row) ? { row, request } : { row, request, call: true };
  }
}

function isEarlier(table: SpanTable, a: RowRequest, b: RowRequest): boolean {
  if (a.request.since !== b.request.since) return a.request.since < b.request.since;
  return compareRows(table, a.row, b.row) < 0;
}

/**
 * Whether a span can still receive an answer. A running span can, until a span above it has ended, by time-out for example.
 * A span that ended with its request open can, until the session continues with another query. Each span is visited
 * once, however many requests are below it.
 */
class Receivers {
  readonly #table: SpanTable;
  readonly #parents: Int32Array;
  readonly #lastQuery: bigint;
  /** By row: whether the row and all rows above it run; undefined until first needed. */
  #running: Uint8Array | undefined;

  constructor(table: SpanTable, { groups, queries }: QueryFold) {
    this.#table = table;
    this.#parents = groups.parents;
    this.#lastQuery = queries.reduce((last, { lead }) => {
      const start = table.rows.long(lead, Row.START);
      return start > last ? start : last;
    }, 0n);
  }

  canReceive(row: number, since: bigint): boolean {
    if (!this.#table.rows.running(row)) return this.#lastQuery <= since;
    const parent = this.#parents[row] ?? ROOT;
    return parent < 0 || this.#runs(parent);
  }

  #runs(row: number): boolean {
    this.#running ??= new Uint8Array(this.#table.size);
    const known = this.#running;
    const path: number[] = [];
    let at = row;
    while (at >= 0 && known[at] === UNKNOWN) {
      path.push(at);
      at = this.#parents[at] ?? ROOT;
    }
    let runs = at < 0 || known[at] === RUNS;
    for (const above of path.toReversed()) {
      runs &&= this.#table.rows.running(above);
      known[above] = runs ? RUNS : ENDED;
    }
    return runs;
  }
}

const UNKNOWN = 0;
const RUNS = 1;
const ENDED = 2;

function describe(
  table: SpanTable,
  { groups, queries }: QueryFold,
  { row, request, call }: RowRequest,
): OpenInputRequest {
  const query = queries[groups.queryOf[row] ?? -1];
  const name = query === undefined ? "" : queryName(table, query);
  const tool = request.tool ?? toolFrom(table, groups.parents, call ? row : (groups.parents[row] ?? ROOT));
  return {
    question: request.question,
    ...(name === "" ? {} : { query: name }),
    ...(tool === undefined ? {} : { tool }),
    span: `${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`,
    since: request.since.toString(),
  };
}

/** The tool call that needs the answer: the row's, else the nearest above. */
function toolFrom(table: SpanTable, parents: Int32Array, row: number): string | undefined {
  for (let at = row; at >= 0; at = parents[at] ?? ROOT) {
    if (table.rows.kind(at) === "tool") return table.text(at, Row.SUBJECT);
  }
  return undefined;
}
