import { counted, duration } from "../lib/figures.ts";
import { visibleLine } from "../lib/visible-text.ts";
import type { WaterfallBar } from "../session/latest-trace.ts";
import { element } from "./element.ts";
import type { Element } from "./element.ts";
import type { OverviewAnswer } from "../session/contract/overview.ts";
import { untrusted } from "./untrusted.ts";

/** Of a row, as the style sheet has it. */
const ROW_PIXELS = 22;
const BAR_PIXELS = 12;
/** The width of the drawing, which is stretched over the page. */
const WIDTH = 1_000;
/** A shorter span is still to be seen. */
const LEAST_WIDTH = 4;
const INDENT_PIXELS = 12;
/** Deeper names would leave the page. */
const MOST_INDENTS = 10;

/** Names and bars of a trace: a row for each span, and each below its parent. */
export function waterfall(latest: NonNullable<OverviewAnswer["latest"]>, base: string): Element[] {
  const { bars, duration: whole, omitted, session, title } = latest;
  const spans = counted(bars.length + omitted, "span");
  const took = duration(BigInt(Math.round(whole)));
  return [
    element(
      "p",
      {},
      element("a", { href: `${base}/sessions/${encodeURIComponent(session)}` }, untrusted(title || session)),
      element("span", { class: "muted" }, ` ${spans} · ${took}`),
    ),
    element(
      "div",
      { class: "waterfall scroller", tabindex: 0, role: "region", "aria-label": "Spans of the latest trace" },
      element("ol", {}, ...bars.map(nameItem)),
      element(
        "svg",
        {
          viewBox: `0 0 ${WIDTH} ${bars.length * ROW_PIXELS}`,
          height: bars.length * ROW_PIXELS,
          preserveAspectRatio: "none",
          role: "img",
          "aria-label": `Waterfall of ${spans} in ${took}`,
        },
        ...bars.map((bar, row) => barOf(bar, row, whole)),
      ),
    ),
    ...(omitted === 0 ? [] : [element("p", { class: "muted" }, `${counted(omitted, "more span")} in the session.`)]),
  ];
}

function nameItem({ name, kind, state, depth, duration: nanos }: WaterfallBar): Element {
  const indent = Math.min(depth, MOST_INDENTS) * INDENT_PIXELS;
  return element(
    "li",
    { style: `padding-inline-start: ${indent}px` },
    element("span", { class: `front-name kind-${kind}` }, untrusted(name, 120)),
    state === "failed"
      ? element("span", { class: "bad" }, "failed")
      : element("span", { class: "muted" }, state === "running" ? "running" : duration(BigInt(Math.round(nanos)))),
  );
}

function barOf({ name, kind, state, start, duration: nanos }: WaterfallBar, row: number, whole: number): Element {
  // Clocks disagree: a span may lie outside its trace.
  const at = (time: number): number => Math.min(WIDTH, Math.max(0, whole === 0 ? 0 : (time / whole) * WIDTH));
  const width = Math.max(LEAST_WIDTH, at(start + nanos) - at(start));
  return element(
    "rect",
    {
      class: `front-bar front-bar-${state} kind-${kind}`,
      x: Math.min(at(start), WIDTH - width).toFixed(1),
      y: row * ROW_PIXELS + (ROW_PIXELS - BAR_PIXELS) / 2,
      width: width.toFixed(1),
      height: BAR_PIXELS,
    },
    element("title", {}, `${visibleLine(name, 120)} · ${kind} · ${state}`),
  );
}
