import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SpanKind } from "../../../facts/facts.ts";
import { count, counted, duration, shortCount } from "../../../lib/figures.ts";
import { costsOf } from "../../../session/row-usage.ts";
import { countedCalls } from "../../../session/steps/counted-calls.ts";
import { STEP_COLUMNS, STEP_GROUPINGS } from "../../../session/steps/step-columns.ts";
import type { StepColumn, StepGrouping } from "../../../session/steps/step-columns.ts";
import { figureOf, sortedGroups, stepTable } from "../../../session/steps/step-table.ts";
import type { StepGroup } from "../../../session/steps/step-table.ts";
import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";
import { go } from "../../address/location.ts";
import { ALL_STEPS } from "../../address/steps-view.ts";
import { ColumnMenu } from "../../ui/column-menu.tsx";
import {
  type ChosenColumn,
  chosenColumns,
  type ColumnSpec,
  rememberedColumns,
  WIDEST,
  withoutWidth,
  withWidth,
} from "../../ui/columns.ts";
import { Cost } from "../../ui/cost.tsx";
import { Grip } from "../../ui/grip.tsx";
import { KindIcon } from "../../ui/icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { ReadingProps } from "../reading-props.ts";
import "./steps.css";

const GROUPING_WORDS: Readonly<Record<StepGrouping, string>> = {
  model: "Models",
  tool: "Tools",
  agent: "Agents",
  operation: "Operations",
};

type Column = { readonly word: string; readonly title: string };

const COLUMNS: Readonly<Record<StepColumn, Column>> = {
  name: { word: "Name", title: "" },
  calls: { word: "Calls", title: "Calls, each once" },
  errors: { word: "Errors", title: "Calls that failed" },
  p50: { word: "p50", title: "Half of the ended calls were as fast" },
  p95: { word: "p95", title: "19 of 20 ended calls were as fast" },
  total: { word: "Total", title: "The time of all calls; parallel calls count each" },
  self: { word: "Self", title: "The share of all spans' own time, without the calls below" },
  input: { word: "In", title: "Input tokens, cached ones included" },
  output: { word: "Out", title: "Output tokens" },
  cached: { word: "Cached", title: "Input tokens that came from a cache" },
  cost: { word: "Cost", title: "≈: estimated from list prices, +: without some models" },
};

/** Pixels. As long as the reader chooses nothing, the table finds its widths by itself. */
const STEP_WIDTHS: Readonly<Record<StepColumn, number>> = {
  name: 300,
  calls: 76,
  errors: 70,
  p50: 78,
  p95: 78,
  total: 84,
  self: 64,
  input: 72,
  output: 72,
  cached: 78,
  cost: 92,
};
const LEAST_STEP = 48;
const SHARE = "share";

const SPECS: readonly ColumnSpec[] = [
  ...STEP_COLUMNS.map((name): ColumnSpec => {
    const spec = { name, word: COLUMNS[name].word, width: STEP_WIDTHS[name], least: LEAST_STEP };
    return name === "name" ? { ...spec, least: 120, always: true } : spec;
  }),
  { name: SHARE, word: "Share", width: 160, least: 120 },
];
const stepColumnChoice = rememberedColumns("stepColumns");

/** The spans that a reader wants to see of a group. */
const KINDS: Readonly<Record<Exclude<StepGrouping, "operation">, readonly SpanKind[]>> = {
  model: ["llm", "embedding"],
  tool: ["tool"],
  agent: ["agent"],
};

/** More rows take too long to draw, and most readers sort instead of scrolling. */
const FIRST_ROWS = 200;

/** Where time, tokens and costs of a session went, as a table. A click on a name shows its calls in all readings. */
export function StepsReading({ displayed, here, turn, clock, order, reader, revealed, selected }: ReadingProps) {
  const { by, column, order: direction } = here.steps ?? ALL_STEPS;
  const { tree, view } = displayed;
  const calls = useMemo(() => (view === undefined ? new Map() : countedCalls(view.parts())), [displayed]);
  const present = clock.drawn.value;
  const rows = useMemo(() => rowsOf(tree, turn), [tree, turn]);
  const table = useMemo(() => stepTable({ rows }, calls, by, present), [rows, calls, by, present]);
  const groups = useMemo(() => sortedGroups(table.groups, column, direction), [table, column, direction]);
  const choice = stepColumnChoice.value.value;
  const columns = useMemo(() => chosenColumns(SPECS, choice).filter(({ isHidden }) => !isHidden), [choice]);
  const shownColumns = STEP_COLUMNS.filter((name) => columns.some((one) => one.name === name));
  const hasShare = columns.some(({ name }) => name === SHARE);
  const [all, setAll] = useState(false);
  const shown = all ? groups : groups.slice(0, FIRST_ROWS);
  const body = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    order.current = () => [...new Set(shown.map(({ first }) => first))];
  });
  useLayoutEffect(() => {
    const at = shown.findIndex(({ first }) => first === revealed?.key);
    if (at >= 0) body.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [revealed]);

  const bar = isSummed(column) ? column : "total";
  const sum = groups.reduce((known, group) => known + amountOf(group, bar), 0);
  const change = (to: Partial<typeof ALL_STEPS>): void =>
    go({ ...here, view: "steps", steps: { by, column, order: direction, ...to } }, "replace");
  const sort = (to: StepColumn): void =>
    change({ column: to, order: to === column && direction === "falling" ? "rising" : "falling" });

  return (
    <section class="steps" aria-label="Steps">
      <div class="step-groupings" role="radiogroup" aria-label="Group by">
        {STEP_GROUPINGS.map((one) => (
          <label key={one}>
            <input type="radio" name="steps-by" checked={one === by} onChange={() => change({ by: one })} />
            {GROUPING_WORDS[one]}
          </label>
        ))}
        <ColumnMenu
          label="Columns of the table"
          columns={chosenColumns(SPECS, choice)}
          choice={choice}
          onChoice={stepColumnChoice.set}
        />
      </div>
      <div class="step-scroller">
        {groups.length === 0 ? (
          <p class="muted">{`This session has no ${GROUPING_WORDS[by].toLowerCase()}.`}</p>
        ) : (
          <table class={choice === undefined ? "step-table" : "step-table has-widths"}>
            {choice === undefined ? null : (
              <colgroup>
                {columns.map(({ name, width }) => (
                  <col key={name} style={{ width: `${width}px` }} />
                ))}
              </colgroup>
            )}
            <thead>
              <tr>
                {shownColumns.map((name) => (
                  <th
                    key={name}
                    data-column={name}
                    scope="col"
                    aria-sort={
                      name === column ? SORT_WORDS[name === "name" ? flipped(direction) : direction] : undefined
                    }
                  >
                    <button type="button" title={COLUMNS[name].title} onClick={() => sort(name)}>
                      {COLUMNS[name].word}
                      <span aria-hidden="true">{name === column ? (direction === "falling" ? " ↓" : " ↑") : ""}</span>
                    </button>
                    <StepGrip name={name} columns={columns} />
                  </th>
                ))}
                {hasShare ? (
                  <th scope="col" data-column={SHARE}>
                    {`Share of ${SHARE_WORDS[bar]}`}
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody ref={body}>
              {shown.map((group) => (
                <GroupRow
                  key={`${group.kind ?? ""}:${group.name}`}
                  group={group}
                  of={by}
                  columns={shownColumns}
                  bar={hasShare ? "shown" : "hidden"}
                  self={table.self}
                  share={sum === 0 ? 0 : amountOf(group, bar) / sum}
                  here={here}
                  isAtCursor={group.first === reader.cursor}
                  isSelected={group.first === selected}
                />
              ))}
            </tbody>
          </table>
        )}
        {shown.length < groups.length ? (
          <button type="button" class="button" onClick={() => setAll(true)}>
            {`Show ${count(groups.length - shown.length)} more`}
          </button>
        ) : null}
      </div>
    </section>
  );
}

/** The edge of a column. */
function StepGrip({ name, columns }: { readonly name: StepColumn; readonly columns: readonly ChosenColumn[] }) {
  const { value, set } = stepColumnChoice;
  const cell = useRef<HTMLSpanElement>(null);
  const column = columns.find((one) => one.name === name);
  if (column === undefined) return null;
  return (
    <span ref={cell}>
      <Grip
        class="column-grip"
        by="pointer"
        label={`Width of ${column.word}`}
        width={() =>
          column.is === "chosen" ? column.width : (cell.current?.closest("th")?.offsetWidth ?? column.width)
        }
        least={column.least}
        most={WIDEST}
        grows="right"
        onWidth={(to) => set(withWidth(value.value, name, to))}
        onReset={() => set(withoutWidth(value.value, name))}
      />
    </span>
  );
}

const SORT_WORDS = { falling: "descending", rising: "ascending" } as const;
const flipped = (order: "falling" | "rising"): "falling" | "rising" => (order === "falling" ? "rising" : "falling");

type GroupRowProps = Pick<ReadingProps, "here"> & {
  readonly group: StepGroup;
  readonly of: StepGrouping;
  readonly columns: readonly StepColumn[];
  readonly bar: "shown" | "hidden";
  /** Nanoseconds: the self time of the session. */
  readonly self: bigint;
  /** 0 to 1. */
  readonly share: number;
  readonly isAtCursor: boolean;
  readonly isSelected: boolean;
};

function GroupRow({ group, of, columns, bar, self, share, here, isAtCursor, isSelected }: GroupRowProps) {
  const { name, calls, errors, running, p50, p95, total, usage } = group;
  const { tokens } = usage;
  const [kind] = kindsOf(group, of);
  const costs = costsOf(usage);
  const cells: Readonly<Record<StepColumn, JSX.Element>> = {
    name: (
      <th key="name" scope="row">
        {name === "" ? (
          <span class="muted">{`In no ${of}`}</span>
        ) : (
          <FilterButton group={group} of={of} here={here}>
            {kind === undefined ? null : <KindIcon kind={kind} />}
            <span class="step-text" dir="auto">
              <UntrustedText text={name} limit={120} />
            </span>
          </FilterButton>
        )}
      </th>
    ),
    calls: (
      <td key="calls" title={running === 0 ? undefined : counted(running, "call runs", "calls run")}>
        {count(calls)}
        {running === 0 ? "" : <span class="good">{` · ${count(running)} running`}</span>}
      </td>
    ),
    errors: (
      <td key="errors" class={errors === 0 ? "muted" : "bad"}>
        {errors === 0 ? "–" : count(errors)}
      </td>
    ),
    p50: <td key="p50">{p50 === undefined ? "–" : duration(p50)}</td>,
    p95: <td key="p95">{p95 === undefined ? "–" : duration(p95)}</td>,
    total: <td key="total">{calls === 0 ? "–" : duration(total)}</td>,
    self: (
      <td key="self" title={duration(group.self)}>
        {percent(self === 0n ? 0 : Number(group.self) / Number(self))}
      </td>
    ),
    input: (
      <td key="input" title={count(tokens.input)}>
        {tokens.input === 0 ? "–" : shortCount(tokens.input)}
      </td>
    ),
    output: (
      <td key="output" title={count(tokens.output)}>
        {tokens.output === 0 ? "–" : shortCount(tokens.output)}
      </td>
    ),
    cached: (
      <td key="cached" title={count(tokens.cached)}>
        {tokens.cached === 0 ? "–" : shortCount(tokens.cached)}
      </td>
    ),
    cost: (
      <td key="cost">
        <Cost summary={{ ...costs, unpriced: costs.unpriced === 0 ? [] : [name] }} />
      </td>
    ),
  };
  return (
    <tr class={`${isAtCursor ? "at-cursor" : ""}${isSelected ? " is-selected" : ""}`}>
      {columns.map((column) => cells[column])}
      {bar === "hidden" ? null : (
        <td class="step-share">
          <span
            class={`share-bar lane-${kind ?? "internal"}`}
            style={{ "--share": `${share * 100}%` }}
            aria-hidden="true"
          />
          {percent(share)}
        </td>
      )}
    </tr>
  );
}

function FilterButton({
  group,
  of,
  here,
  children,
}: Pick<GroupRowProps, "group" | "of" | "here"> & { children: ComponentChildren }) {
  const kinds = kindsOf(group, of);
  const isChosen = here.search === group.name && here.kinds?.join() === kinds.join();
  const choose = (): void =>
    go(
      isChosen ? { ...here, search: undefined, kinds: undefined } : { ...here, search: group.name, kinds },
      isChosen ? "replace" : "push",
    );
  return (
    <button
      type="button"
      class="step-name"
      aria-pressed={isChosen}
      title={isChosen ? "Show everything again" : `Show only these ${GROUPING_WORDS[of].toLowerCase()} in all readings`}
      onClick={choose}
    >
      {children}
    </button>
  );
}

const kindsOf = ({ kind }: StepGroup, of: StepGrouping): readonly SpanKind[] =>
  of === "operation" ? (kind === undefined ? [] : [kind]) : KINDS[of];

/** Columns whose figures add up to the session's. */
const SHARE_WORDS = {
  calls: "calls",
  errors: "errors",
  total: "time",
  self: "work",
  input: "input",
  output: "output",
  cached: "cached",
  cost: "cost",
} as const;

const isSummed = (column: StepColumn): column is keyof typeof SHARE_WORDS => column in SHARE_WORDS;

const amountOf = (group: StepGroup, column: keyof typeof SHARE_WORDS): number => Number(figureOf(group, column) ?? 0);

function percent(share: number): string {
  if (share <= 0) return "–";
  return share < 0.01 ? "< 1 %" : `${count(Math.round(share * 100))} %`;
}

function rowsOf({ rows }: SessionTree, turn: TreeNode | undefined): readonly TreeNode[] {
  const at = turn === undefined ? -1 : rows.indexOf(turn);
  return turn === undefined || at < 0 ? rows : rows.slice(at, at + turn.descendants + 1);
}
