import { count, duration, shortCount, ticking } from "../lib/figures.ts";
import { knownCostText } from "../session/cost-text.ts";
import { liveness, statusWord } from "../session/liveness.ts";
import type { SummaryWithStatus } from "../session/liveness.ts";
import { PINNED_STATUSES } from "../session/list/list-groups.ts";
import type { FiguresAnswer } from "../session/numbers/numbers-answer.ts";
import { UPSTREAMS_PATH } from "../session/contract/upstreams.ts";
import { element } from "./element.ts";
import type { Element } from "./element.ts";
import type { OverviewAnswer } from "../session/contract/overview.ts";
import { untrusted } from "./untrusted.ts";
import { waterfall } from "./waterfall.ts";

/** What the page at `/` shows below its header: what goes on, numbers, and the latest trace. `base`: stands before the paths of links. */
export function overview(answer: OverviewAnswer, base = ""): Element[] {
  const { now, at, latest, storage, off = [] } = answer;
  return [
    ...(storage === undefined ? [] : [element("p", { class: "bad" }, storage)]),
    ...off.map(({ upstream, reason }) =>
      element(
        "p",
        { class: "bad" },
        element("a", { href: UPSTREAMS_PATH }, `Upstream ${upstream}`),
        ` is off: ${reason}.`,
      ),
    ),
    section(
      "Now",
      "overview-now",
      now.length === 0
        ? element("p", { class: "muted" }, "Nothing waits, runs or stalls.")
        : element("ul", {}, ...now.toSorted(byStatus).map((session) => sessionItem(session, at, base))),
      element(
        "p",
        { class: "overview-ways" },
        element("a", { class: "button", href: `${base}/sessions` }, "All sessions"),
        // The program's own traces go nowhere else.
        base === "" ? element("a", { class: "button", href: UPSTREAMS_PATH }, "Upstreams") : undefined,
      ),
    ),
    section("Numbers", "overview-numbers", strip(answer), reach(answer, base)),
    section(
      "Latest trace",
      "overview-latest",
      ...(latest === undefined ? [element("p", { class: "muted" }, NOTHING)] : waterfall(latest, base)),
    ),
  ];
}

const NOTHING =
  "No span was received yet. Set OTEL_EXPORTER_OTLP_ENDPOINT of a program to the address of this page, and run it.";

const section = (title: string, name: string, ...children: readonly Element[]): Element =>
  element("section", { class: name, "aria-labelledby": name }, element("h2", { id: name }, title), ...children);

const byStatus = (a: SummaryWithStatus, b: SummaryWithStatus): number =>
  PINNED_STATUSES.indexOf(a.status) - PINNED_STATUSES.indexOf(b.status);

/** Status, title, and the question that waits, or what the session does. */
function sessionItem(session: SummaryWithStatus, now: number, base: string): Element {
  const { id, title, status, nowLine } = session;
  const { waiting, silentMillis } = liveness(session.liveness, now);
  const since = waiting === undefined ? (status === "running" ? undefined : silentMillis) : waiting.forMillis;
  const line = waiting?.question ?? (nowLine && [nowLine.agent, nowLine.step].filter(Boolean).join(" ▸ "));
  return element(
    "li",
    {},
    element("span", { class: `status status-${status}` }, statusWord(status)),
    since === undefined ? undefined : element("span", { class: "reason" }, ` ${ticking(since)}`),
    " ",
    element("a", { href: `${base}/sessions/${encodeURIComponent(id)}` }, untrusted(title || id)),
    line === undefined ? undefined : element("span", { class: "second" }, untrusted(line, 200)),
  );
}

function strip({ numbers }: OverviewAnswer): Element {
  const { sessions, spans, turns } = numbers;
  const open = PINNED_STATUSES.reduce((sum, status) => sum + sessions[status], 0);
  const { tokens, cost, estimated = 0, unpriced } = spans;
  return element(
    "dl",
    {},
    figure("Sessions now", `${count(open)} of ${count(sessions.all)}`),
    figure("Turns", count(turns.count)),
    figure("Spans", count(spans.count)),
    figure("Errors", count(spans.errors), spans.errors > 0 ? "bad" : undefined),
    ...QUANTILES.map(([field, word]) => figure(`Turn ${word}`, durationOf(turns, field))),
    figure("Tokens", shortCount(tokens.input + tokens.output)),
    figure("Cost", cost === undefined ? "–" : knownCostText({ cost, estimated, unpriced })),
  );
}

const QUANTILES = [
  ["p50", "p50"],
  ["p95", "p95"],
  ["p99", "p99"],
] as const;

const durationOf = (figures: FiguresAnswer, field: "p50" | "p95" | "p99"): string => {
  const nanos = figures[field];
  return nanos === undefined ? "–" : duration(BigInt(nanos));
};

const figure = (word: string, value: string, name?: string): Element =>
  element("div", {}, element("dt", {}, word), element("dd", name === undefined ? {} : { class: name }, value));

/** How far back the numbers reach. */
function reach({ numbers: { from, limit, spans }, at }: OverviewAnswer, base: string): Element {
  const words =
    from === undefined
      ? "Of spans that ended: none so far."
      : `Of the last ${count(spans.count)} spans that ended${spans.count < limit ? ", all that were received" : ""}: back to ${ticking(Math.max(0, at - Number(BigInt(from) / 1_000_000n)))} ago.`;
  return element(
    "p",
    { class: "muted" },
    `${words} `,
    element("a", { href: `${base}/metrics.json` }, "As JSON"),
    ", ",
    element("a", { href: `${base}/metrics` }, "for Prometheus"),
  );
}
