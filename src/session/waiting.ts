import type { InputRequest } from "../facts/input-request.ts";
import * as Row from "./table/span-rows.ts";
import { highWord, lowWord } from "../lib/hex.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { queryName } from "./queries.ts";
import type { QueryFold } from "./queries.ts";
import { ROOT } from "./table/parent-links.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { OpenInputRequest } from "./summary.ts";

/** A question, and the row of the span that asks it; `call`: that span may be the tool call that waits, for a log record only tells of it. */
type Open = { readonly row: number; readonly asking: InputRequest; readonly call?: true };

/**
 * The question that has been open for longest, if any is. Of a task the last thing said by any span of the session counts;
 * of anything else its own span has the say, as long as there is somebody to take the answer.
 */
export function waitingOf(table: SpanTable, fold: QueryFold): OpenInputRequest | undefined {
  const tasks = new Map<string, { open: Open[]; over: bigint }>();
  const listeners = new Listeners(table, fold);
  let first: Open | undefined;
  const offer = (open: Open): void => {
    if (first === undefined || isEarlier(table, open, first)) first = open;
  };
  for (const open of statements(table)) {
    const { row, asking } = open;
    if (asking.task === "") {
      if (listeners.wait(row, asking.since)) offer(open);
      continue;
    }
    let task = tasks.get(asking.task);
    if (task === undefined) tasks.set(asking.task, (task = { open: [], over: -1n }));
    if (asking.state === "open") task.open.push(open);
    else if (asking.since > task.over) task.over = asking.since;
  }
  for (const { open, over } of tasks.values()) for (const one of open) if (one.asking.since > over) offer(one);
  return first === undefined ? undefined : describe(table, fold, first);
}

/** What spans say, and log records of spans: of a span's own question an answer on record is the last word. */
function* statements(table: SpanTable): Generator<Open> {
  const asks = new Set<number>();
  for (const { trace, spanId, otlpKind, inputRequest: asking } of table.inputRequests.all) {
    const row = table.find(trace, { spanId, otlpKind });
    asks.add(row);
    const noted = table.annotations.at(trace, spanId)?.inputRequest;
    const isAnswered = noted?.state === "closed" && asking.task === "" && noted.since >= asking.since;
    if (row >= 0 && !isAnswered) yield { row, asking };
  }
  for (const { trace, spanId, inputRequest: asking } of table.annotations.inputRequests()) {
    const row = table.rowOf(trace, highWord(spanId), lowWord(spanId));
    if (row < 0 || (asking.untilEnd === true && !table.rows.running(row))) continue;
    if (asking.state !== "open" && asking.task === "") continue;
    yield asks.has(row) ? { row, asking } : { row, asking, call: true };
  }
}

function isEarlier(table: SpanTable, a: Open, b: Open): boolean {
  if (a.asking.since !== b.asking.since) return a.asking.since < b.asking.since;
  return compareRows(table, a.row, b.row) < 0;
}

/**
 * Whether an answer would still reach somebody. While its span runs, until one that called it has ended, by time-out say;
 * when the span has ended with the question open, until the session goes on with another query. Each span is looked at
 * once, however many questions it stands above.
 */
class Listeners {
  readonly #table: SpanTable;
  readonly #parents: Int32Array;
  readonly #lastQuery: bigint;
  /** By row, whether the row and all above it run; undefined until somebody asks. */
  #running: Uint8Array | undefined;

  constructor(table: SpanTable, { groups, queries }: QueryFold) {
    this.#table = table;
    this.#parents = groups.parents;
    this.#lastQuery = queries.reduce((last, { lead }) => {
      const start = table.rows.long(lead, Row.START);
      return start > last ? start : last;
    }, 0n);
  }

  wait(row: number, since: bigint): boolean {
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

function describe(table: SpanTable, { groups, queries }: QueryFold, { row, asking, call }: Open): OpenInputRequest {
  const query = queries[groups.queryOf[row] ?? -1];
  const name = query === undefined ? "" : queryName(table, query);
  const tool = asking.tool ?? toolFrom(table, groups.parents, call ? row : (groups.parents[row] ?? ROOT));
  return {
    question: asking.question,
    ...(name === "" ? {} : { query: name }),
    ...(tool === undefined ? {} : { tool }),
    span: `${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`,
    since: asking.since.toString(),
  };
}

/** The tool call that something is asked for: of the row, else the nearest above. */
function toolFrom(table: SpanTable, parents: Int32Array, row: number): string | undefined {
  for (let at = row; at >= 0; at = parents[at] ?? ROOT) {
    if (table.rows.kind(at) === "tool") return table.text(at, Row.SUBJECT);
  }
  return undefined;
}
