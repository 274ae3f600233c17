import type { SpanKind } from "../facts/facts.ts";
import { secondsText } from "../lib/nanoseconds.ts";
import { stepName, isPlumbingRow } from "./digest/step-names.ts";
import { errorsOf } from "./errors.ts";
import type { QueryFold } from "./queries.ts";
import { compareRows, failureAt } from "./table/annotated-rows.ts";
import { ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import { code } from "./transcript/markdown-text.ts";

/** Failures of one step for one reason, and where the first of them happened. */
export type ListedError = {
  readonly count: number;
  readonly name: string;
  readonly kind: SpanKind;
  /** First line. */
  readonly reason?: string;
  /** Of the first failure: the number of its turn, and the steps around it, the outermost first. */
  readonly turn?: number;
  readonly around: readonly string[];
  /** Unix nanoseconds. */
  readonly at: bigint;
  readonly traceId: string;
  readonly spanId: string;
};

/** Steps around a failure, the innermost ones. */
const MAX_AROUND = 4;
const MAX_REASON = 300;

/** The causes of a session's failures by time: failed spans without those that repeat the failure of a span below. */
export function listErrors(table: SpanTable, { groups }: QueryFold): readonly ListedError[] {
  const { causes } = errorsOf(table, groups);
  const failed: number[] = [];
  for (let row = causes.indexOf(1); row >= 0; row = causes.indexOf(1, row + 1)) failed.push(row);
  const listed = new Map<string, { -readonly [Field in keyof ListedError]: ListedError[Field] }>();
  for (const row of failed.sort((a, b) => compareRows(table, a, b))) {
    const name = stepName(table, groups, row);
    const reason = failureAt(table, row);
    const around = stepsAround(table, groups, row);
    const id = JSON.stringify([name, reason, around]);
    const known = listed.get(id);
    if (known !== undefined) {
      known.count++;
      continue;
    }
    const query = groups.queryOf[row] ?? -1;
    listed.set(id, {
      count: 1,
      name,
      kind: table.rows.kind(row),
      ...(reason === undefined ? {} : { reason }),
      ...(query < 0 ? {} : { turn: query + 1 }),
      around,
      at: table.rows.long(row, Row.START),
      traceId: table.traceId(row),
      spanId: table.rows.hex(row, Row.ID),
    });
  }
  return [...listed.values()];
}

function stepsAround(table: SpanTable, groups: QueryFold["groups"], row: number): string[] {
  const names: string[] = [];
  for (let at = groups.parents[row] ?? ROOT; at >= 0 && names.length < MAX_AROUND; at = groups.parents[at] ?? ROOT)
    if (!isPlumbingRow(table, at)) names.unshift(stepName(table, groups, at));
  return names;
}

/** As Markdown, one item each. */
export function errorLine({ count, name, kind, reason, turn, around, at, traceId, spanId }: ListedError): string {
  const where = [...(turn === undefined ? [] : [`turn ${turn}`]), ...around.map((step) => code(step)), code(name)];
  const times = count > 1 ? `${count} times, first ` : "";
  return [
    `- ${kind}${name === kind ? "" : ` ${code(name)}`}: ${reason === undefined ? "no reason was recorded" : code(reason, MAX_REASON)}`,
    `  where: ${where.join(" ▸ ")}`,
    `  ${times}${secondsText(at)}, span ${code(`${traceId}:${spanId}`)}`,
  ].join("\n");
}
