import type { UpstreamWaiting } from "../contract/upstreams.ts";
import { NUMBERED_SPANS } from "../table/recent-spans.ts";
import { STATUSES } from "../list/list-filter.ts";
import { costsOf } from "../row-usage.ts";
import { NUMBER_GROUPINGS } from "./numbers.ts";
import type { Figures, NumberGroup, NumberGrouping } from "./numbers.ts";
import type { TenantNumbers } from "./numbers-answer.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = { readonly labels?: Labels; readonly value: number };

/** A summary without a sum and a count: Prometheus takes these for counters, and in a window they fall. */
type Type = "gauge" | "summary";

const TOKENS = ["input", "output", "cached", "written", "reasoning"] as const;
const QUANTILES = { p50: "0.5", p95: "0.95", p99: "0.99" } as const;
const NANOS_PER_SECOND = 1e9;
const MICROS_PER_SECOND = 1e6;

const OF_WINDOW = `of the ${NUMBERED_SPANS} spans that ended last`;
const TOKENS_HELP = "Input includes cached and written, output includes reasoning.";

const UNANSWERED_HELP =
  "Objects that did not answer in time, or are too many to be asked: the other samples lack what they hold.";

/** What waits for an upstream. */
export type UpstreamNumbers = Omit<UpstreamWaiting, "oldest"> & {
  readonly name: string;
  /** Of what waits longest; 0 without any. */
  readonly ageSeconds: number;
  /** Traces; `undefined` if unknown. */
  readonly parked: number | undefined;
};

/**
 * Numbers in Prometheus' text format, version 0.0.4. `numbers`: `undefined` if the directory did not answer. `unanswered`: objects
 * that did not, or were too many to be called.
 */
export function exposition(
  numbers: TenantNumbers | undefined,
  upstreams: readonly UpstreamNumbers[] = [],
  unanswered = 0,
): string {
  const text = new ExpositionText();
  text.add("unanswered_objects", "gauge", UNANSWERED_HELP, [{ value: unanswered }]);
  if (numbers !== undefined) addNumbers(text, numbers);
  addUpstreams(text, upstreams);
  return text.written;
}

function addNumbers(text: ExpositionText, { sessions, spans, turns, from, to, by }: TenantNumbers): void {
  text.add(
    "sessions",
    "gauge",
    "Sessions by status.",
    STATUSES.map((status) => ({ labels: { status }, value: sessions[status] })),
  );
  text.add("window_limit", "gauge", "How many spans count at most: those that ended last.", [
    { value: NUMBERED_SPANS },
  ]);
  text.add("window_start_timestamp_seconds", "gauge", "When the first span that counts ended.", moment(from));
  text.add("window_end_timestamp_seconds", "gauge", "When the last span that counts ended.", moment(to));
  text.addFigures("span", "spans", `Spans ${OF_WINDOW}`, [{ labels: {}, figures: spans }]);
  text.addFigures("turn", "turns", `Turns that begin with one ${OF_WINDOW}`, [{ labels: {}, figures: turns }]);
  for (const grouping of NUMBER_GROUPINGS) {
    const groups = by[grouping]?.groups ?? [];
    const labelled = groups.map((group) => ({ labels: labelsOf(grouping, group), figures: group }));
    const { counts, subjects } = GROUPINGS[grouping];
    text.addFigures(grouping, counts, `${subjects} ${OF_WINDOW}`, labelled);
  }
  text.add(
    "groups_omitted",
    "gauge",
    "Names beyond the most frequent ones, which have no samples.",
    NUMBER_GROUPINGS.map((grouping) => ({ labels: { by: grouping }, value: by[grouping]?.omitted ?? 0 })),
  );
}

function addUpstreams(text: ExpositionText, upstreams: readonly UpstreamNumbers[]): void {
  const add = (name: string, help: string, read: (upstream: UpstreamNumbers) => number | undefined): void => {
    const samples = upstreams.flatMap((upstream) => {
      const value = read(upstream);
      return value === undefined ? [] : [{ labels: { upstream: upstream.name }, value }];
    });
    text.add(`upstream_${name}`, "gauge", help, samples);
  };
  add("waiting_traces", "Traces of which the upstream lacks something.", ({ traces }) => traces);
  add("waiting_spans", "Spans that the upstream lacks.", ({ spans }) => spans);
  add("waiting_log_records", "Log records that the upstream lacks.", ({ logRecords }) => logRecords);
  const age = "How long the first that the upstream lacks has waited; 0 without one.";
  add("waiting_oldest_seconds", age, ({ ageSeconds }) => ageSeconds);
  add("parked_traces", "Traces that the upstream did not get whole.", ({ parked }) => parked);
}

/** `counts`: the name of the metric that counts. */
const GROUPINGS: Readonly<Record<NumberGrouping, { readonly counts: string; readonly subjects: string }>> = {
  route: { counts: "route_requests", subjects: "Spans of servers by method and route," },
  operation: { counts: "operation_spans", subjects: "Spans by name and kind," },
  model: { counts: "model_calls", subjects: "Calls of models," },
  tool: { counts: "tool_calls", subjects: "Calls of tools," },
};

const labelsOf = (grouping: NumberGrouping, { name, kind }: NumberGroup): Labels => ({
  [grouping]: name,
  ...(kind === undefined ? {} : { kind }),
});

const moment = (micros: number | undefined): Sample[] =>
  micros === undefined ? [] : [{ value: micros / MICROS_PER_SECOND }];

class ExpositionText {
  #lines: string[] = [];

  get written(): string {
    return this.#lines.join("");
  }

  /** A metric without samples is left out. */
  add(name: string, type: Type, help: string, samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    this.#lines.push(`# HELP spanfold_${name} ${help}\n# TYPE spanfold_${name} ${type}\n`);
    for (const { labels = {}, value } of samples)
      this.#lines.push(`spanfold_${name}${labelText(labels)} ${String(value)}\n`);
  }

  addFigures(
    of: string,
    counts: string,
    help: string,
    all: readonly { readonly labels: Labels; readonly figures: Figures }[],
  ): void {
    const samples = (value: (figures: Figures) => number | undefined): Sample[] =>
      all.flatMap(({ labels, figures }) => {
        const found = value(figures);
        return found === undefined ? [] : [{ labels, value: found }];
      });
    this.add(
      counts,
      "gauge",
      `${help}.`,
      samples(({ count }) => count),
    );
    this.add(
      `${of}_errors`,
      "gauge",
      `${help}: those that failed.`,
      samples(({ errors }) => errors),
    );
    const durations = all.flatMap(({ labels, figures }) =>
      Object.entries(QUANTILES).flatMap(([field, quantile]) => {
        const nanos = figures[field as keyof typeof QUANTILES];
        return nanos === undefined ? [] : [{ labels: { ...labels, quantile }, value: nanos / NANOS_PER_SECOND }];
      }),
    );
    this.add(`${of}_duration_seconds`, "summary", `${help}: how long they took.`, durations);
    const tokens = all.flatMap(({ labels, figures: { usage } }) =>
      usage.tokens.input + usage.tokens.output === 0
        ? []
        : TOKENS.map((type) => ({ labels: { ...labels, type }, value: usage.tokens[type] })),
    );
    this.add(`${of}_tokens`, "gauge", `${help}: their tokens. ${TOKENS_HELP}`, tokens);
    this.add(
      `${of}_cost_dollars`,
      "gauge",
      `${help}: their cost.`,
      samples(({ usage }) => costsOf(usage).cost),
    );
  }
}

function labelText(labels: Labels): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return written.length === 0 ? "" : `{${written.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
