import type { InputRequest } from "../facts/input-request.ts";
import * as Row from "./table/span-rows.ts";
import { highWord, lowWord } from "../lib/hex.ts";
import { errorsOf } from "./errors.ts";
import { SPAN_KINDS } from "../facts/span-kinds.ts";
import { isCanceled, isError } from "./table/annotated-rows.ts";
import { comparePartRows, foldParts } from "./part-fold.ts";
import type { PartFold, PartRow } from "./part-fold.ts";
import { isWork, queryName } from "./queries.ts";
import { ROOT } from "./table/parent-links.ts";
import type { SpanTable } from "./table/span-table.ts";
import { NONE } from "./table/texts.ts";
import type { OpenInputRequest } from "./summary.ts";

/** An input request and the row of its span. `call`: the span may itself be the waiting tool call, as only a log record has the request. */
type RowRequest = PartRow & { readonly request: InputRequest; readonly call?: true };

/**
 * The oldest open input request, if there is one. For a task, the latest state from any span of the session counts. Any
 * other request is open as long as its span can still receive the answer.
 */
export function waitingOf(parts: readonly PartFold[]): OpenInputRequest | undefined {
  const found = requestsIn(parts).flat();
  return found.length === 0 ? undefined : oldestOpen(parts, found);
}

function oldestOpen(parts: readonly PartFold[], requests: readonly RowRequest[]): OpenInputRequest | undefined {
  const tasks = new Map<string, { open: RowRequest[]; closedAt: bigint }>();
  const untasked: RowRequest[] = [];
  let resumedAt = -1n;
  for (const found of requests) {
    const { request } = found;
    if (request.state === "resumed") {
      if (request.since > resumedAt) resumedAt = request.since;
      continue;
    }
    if (request.task === "") {
      untasked.push(found);
      continue;
    }
    let task = tasks.get(request.task);
    if (task === undefined) tasks.set(request.task, (task = { open: [], closedAt: -1n }));
    if (request.state === "open") task.open.push(found);
    else if (request.since > task.closedAt) task.closedAt = request.since;
  }
  let first: RowRequest | undefined;
  const offer = (found: RowRequest): void => {
    if (first === undefined || isEarlier(found, first)) first = found;
  };
  const receivers = new Receivers(parts);
  for (const found of untasked) {
    if (found.request.since >= resumedAt && receivers.canReceive(found)) offer(found);
  }
  for (const { open, closedAt } of tasks.values()) for (const one of open) if (one.request.since > closedAt) offer(one);
  return first === undefined ? undefined : describe(first);
}

/** Input requests of spans, and of log records about spans. An answer in a log record closes the span's own request. */
const requestsIn = foldParts((part): readonly RowRequest[] => [...findRequests(part)]);

function* findRequests(part: PartFold): Generator<RowRequest> {
  const { table } = part;
  const requesting = new Set<number>();
  for (const { trace, spanId, otlpKind, inputRequest: request } of table.inputRequests.all) {
    const row = table.find(trace, { spanId, otlpKind });
    requesting.add(row);
    const recorded = table.annotations.at(trace, spanId)?.inputRequest;
    const isAnswered = recorded?.state === "closed" && request.task === "" && recorded.since >= request.since;
    if (row >= 0 && !isAnswered) yield { ...part, row, request };
  }
  for (const { trace, spanId, inputRequest: request } of table.annotations.inputRequests()) {
    const row = table.rowOf(trace, highWord(spanId), lowWord(spanId));
    if (row < 0 || (request.untilEnd === true && !table.rows.running(row))) continue;
    if (request.state === "closed" && request.task === "") continue;
    yield requesting.has(row) ? { ...part, row, request } : { ...part, row, request, call: true };
  }
}

/** By time. Of spans that one exception ended at once, one with its words is first. */
function isEarlier(a: RowRequest, b: RowRequest): boolean {
  if (a.request.since !== b.request.since) return a.request.since < b.request.since;
  const isWorded = a.request.question !== "";
  const isOtherWorded = b.request.question !== "";
  return isWorded === isOtherWorded ? comparePartRows(a, b) < 0 : isWorded;
}

/**
 * Whether a span can still receive an answer. A running span can, until a span above it has ended, by time-out for example.
 * A span that ended with its request open can, until the session goes on: with another query, with work that begins after
 * the ended run around the span, with work that a span above it begins later, or with the same operation again, or its
 * caller's or agent's. A run that failed after its request awaits nothing.
 * Each span is visited a few times, however many requests there are.
 */
class Receivers {
  readonly #parts: readonly PartFold[];
  readonly #lastQuery: bigint;
  #lastWork: bigint | undefined;

  constructor(parts: readonly PartFold[]) {
    this.#parts = parts;
    this.#lastQuery = latest(lastQueriesIn(parts));
  }

  canReceive({ row, request: { since }, ...part }: RowRequest): boolean {
    if (!part.table.rows.running(row)) return this.#lastQuery <= since && !this.#goesOn({ ...part, row }, since);
    const parent = part.fold.groups.parents[row] ?? ROOT;
    return parent < 0 || courseIn(part).runs(parent);
  }

  #goesOn({ row, ...part }: PartRow, since: bigint): boolean {
    const course = courseIn(part);
    this.#lastWork ??= latest(this.#parts.map((one) => courseIn(one).lastWork));
    const top = course.tops[row] ?? row;
    return (
      this.#lastWork > part.table.rows.long(top, Row.LAST) ||
      course.asking(row).some((one) => this.#lastAlike(part, one) > since) ||
      course.wentOn[row] === 1 ||
      course.failedFrom[row] === 1
    );
  }

  /** The latest start of the same operation, in any part. */
  #lastAlike({ table, fold }: PartFold, row: number): bigint {
    const operation = operationOf(table, row);
    if (operation === NAMELESS)
      return fold.groups.derived?.duplicates[row] === 1 ? 0n : table.rows.long(row, Row.START);
    return latest(this.#parts.map((part) => courseIn(part).lastStart.get(operation) ?? 0n));
  }
}

const latest = (times: readonly bigint[]): bigint => times.reduce((last, time) => (time > last ? time : last), 0n);

/** The start of a part's last query. */
const lastQueriesIn = foldParts(({ table, fold }) =>
  latest(fold.queries.map(({ lead }) => table.rows.long(lead, Row.START))),
);

/** Whether a row and all rows above it run. */
function runningRows(table: SpanTable, parents: Int32Array): (row: number) => boolean {
  const known = new Uint8Array(table.size);
  return (row) => {
    const path: number[] = [];
    let at = row;
    while (at >= 0 && known[at] === UNKNOWN) {
      path.push(at);
      at = parents[at] ?? ROOT;
    }
    let runs = at < 0 || known[at] === RUNS;
    for (const above of path.toReversed()) {
      runs &&= table.rows.running(above);
      known[above] = runs ? RUNS : ENDED;
    }
    return runs;
  };
}

const UNKNOWN = 0;
const RUNS = 1;
const ENDED = 2;

/** How the spans of a part went on after requests. */
type Course = {
  readonly runs: (row: number) => boolean;
  /** By row: the outermost row at or above it without a running row between. */
  readonly tops: Int32Array;
  /** By row: 1 if a row above it, as far as its outermost ended one, failed or was canceled. */
  readonly failedFrom: Uint8Array;
  /** By row: 1 if it, or a row above it, began work after the part that has the row. */
  readonly wentOn: Uint8Array;
  /** The latest start of a step of an agent. */
  readonly lastWork: bigint;
  /** A row that asked, the row that called it, and its agent's. */
  readonly asking: (row: number) => readonly number[];
  /** By operation: its latest start. */
  readonly lastStart: ReadonlyMap<number, bigint>;
};

const coursesOf = foldParts(courseOf);
const courseIn = (part: PartFold): Course => coursesOf([part])[0] ?? courseOf(part);

function courseOf({ table, fold }: PartFold): Course {
  const { rows } = table;
  const { parents, order, derived } = fold.groups;
  const errors = errorsOf(table, fold.groups);
  const tops = new Int32Array(parents.length);
  const failedFrom = new Uint8Array(parents.length);
  const agents = nearestAgents(table, parents, order);
  const lastStart = new Map<number, bigint>();
  let lastWork = 0n;
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    const isWithin = parent >= 0 && !rows.running(parent) && !rows.running(row);
    tops[row] = isWithin ? (tops[parent] ?? parent) : row;
    const isOver = errors.failed[parent] === 1 || (parent >= 0 && isError(table, parent) && isCanceled(table, parent));
    if (isWithin && (isOver || failedFrom[parent] === 1)) failedFrom[row] = 1;
    if (derived?.duplicates[row] === 1) continue;
    const start = rows.long(row, Row.START);
    if (start > lastWork && isWork(table, row)) lastWork = start;
    const operation = operationOf(table, row);
    if (operation !== NAMELESS && start > (lastStart.get(operation) ?? 0n)) lastStart.set(operation, start);
  }
  return {
    runs: runningRows(table, parents),
    tops,
    failedFrom,
    wentOn: continuedRuns(table, parents, order),
    lastWork,
    asking: (row) => [row, parents[row] ?? ROOT, agents[row] ?? ROOT].filter((one) => one >= 0),
    lastStart,
  };
}

/** No person answers sooner, nanoseconds: work that follows at once belongs to the run that stopped. */
const SOONEST_ANSWER = 1_000_000_000n;

function continuedRuns(table: SpanTable, parents: Int32Array, order: Int32Array): Uint8Array {
  const { rows } = table;
  /** By row: the latest start of a step right below it, and of one that is no tool. */
  const lastStep = new BigUint64Array(parents.length);
  const lastOther = new BigUint64Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    const parent = parents[row] ?? ROOT;
    if (parent < 0 || !isWork(table, row)) continue;
    const start = rows.long(row, Row.START);
    if (start > (lastStep[parent] ?? 0n)) lastStep[parent] = start;
    if (rows.kind(row) !== "tool" && start > (lastOther[parent] ?? 0n)) lastOther[parent] = start;
  }
  const wentOn = new Uint8Array(parents.length);
  for (const row of order) {
    if (rows.running(row)) continue;
    const parent = parents[row] ?? ROOT;
    const end = rows.long(row, Row.LAST);
    // The tools of one answer may run one after the other, whichever of them asks.
    const beside = (rows.kind(row) === "tool" ? lastOther : lastStep)[parent] ?? 0n;
    const below = lastStep[row] ?? 0n;
    if (beside > end + SOONEST_ANSWER || below > end || wentOn[parent] === 1) wentOn[row] = 1;
  }
  return wentOn;
}

/** By row: the nearest agent's row above it; ROOT without. */
function nearestAgents({ rows }: SpanTable, parents: Int32Array, order: Int32Array): Int32Array {
  const agents = new Int32Array(parents.length).fill(ROOT);
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    if (parent >= 0) agents[row] = rows.kind(parent) === "agent" ? parent : (agents[parent] ?? ROOT);
  }
  return agents;
}

/** No other operation is like one without a name. */
const NAMELESS = -1;

/** Its kind with the name of its tool, agent or step, as one number. Parts of a session number their texts alike. */
function operationOf(table: SpanTable, row: number): number {
  const { rows } = table;
  const name = rows.string(row, Row.SUBJECT) || rows.string(row, Row.NAME);
  return name === NONE ? NAMELESS : name * SPAN_KINDS.length + SPAN_KINDS.indexOf(rows.kind(row));
}

/** `<traceId>:<spanId>`, as a session's URL names a span. */
export function spanKey({ table, row }: { readonly table: SpanTable; readonly row: number }): string {
  return `${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`;
}

function describe({ table, fold: { groups, queries }, row, request, call }: RowRequest): OpenInputRequest {
  const query = queries[groups.queryOf[row] ?? -1];
  const name = query === undefined ? "" : queryName(table, query);
  const tool = request.tool ?? toolFrom(table, groups.parents, call ? row : (groups.parents[row] ?? ROOT));
  return {
    question: request.question || (table.text(row, Row.NAME) ?? tool ?? ""),
    ...(name === "" ? {} : { query: name }),
    ...(tool === undefined ? {} : { tool }),
    span: spanKey({ table, row }),
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
