import { groupOfKind, type KindGroup } from "../../session/kind-filter.ts";
import { readStrip, type StripStep } from "../../session/digest/strip-text.ts";
import type { SpanKind } from "../../facts/facts.ts";
import { counted } from "../../lib/figures.ts";

/** Units of the drawing. */
const HEIGHT = 12;
/** Pixels of a step, at most. */
const WIDEST = 7;
const FULL = 144;
/** The part of its place that a step fills. */
const FILLED = 0.76;

/** Where a step begins, from the top: models are tall, tools half as tall, agents lie below. So kinds differ in shape as well. */
const TOPS: Readonly<Record<KindGroup, number>> = { models: 0, tools: 4.5, agents: 9, plumbing: 7 };

/** The steps of a session by start, in the colours of their kinds. Failed ones have the whole height, and a notch. */
export function StepStrip({ steps: text }: { steps: string }) {
  const steps = readStrip(text);
  if (steps.length === 0) return <span class="muted">–</span>;
  const paths = new Map<string, string>();
  steps.forEach((step, at) => {
    const name = classOf(step);
    paths.set(name, (paths.get(name) ?? "") + shapeOf(step, at));
  });
  const words = stripWords(steps);
  return (
    <svg
      class="step-strip"
      role="img"
      aria-label={words}
      viewBox={`0 0 ${steps.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      style={{ width: `${Math.min(FULL, steps.length * WIDEST)}px` }}
    >
      <title>{words}</title>
      {[...paths].map(([name, path]) => (
        <path key={name} class={name} d={path} />
      ))}
    </svg>
  );
}

const classOf = ({ kind, state }: StripStep): string =>
  state === "failed" ? "step-failed" : `kind-${kind}${state === "running" ? " strip-running" : ""}`;

function shapeOf({ kind, state }: StripStep, at: number): string {
  if (state === "failed") return `M${at} 0h${FILLED}v4h-${FILLED}zM${at} 6h${FILLED}v6h-${FILLED}z`;
  const top = TOPS[groupOfKind(kind)];
  return `M${at} ${top}h${FILLED}v${HEIGHT - top}h-${FILLED}z`;
}

const WORDS: Readonly<Record<SpanKind, string>> = {
  query: "query",
  turn: "turn",
  team: "team",
  agent: "agent run",
  llm: "model call",
  tool: "tool call",
  retrieval: "retrieval",
  embedding: "embedding",
  http: "request",
  db: "database call",
  messaging: "message",
  chain: "step",
  internal: "internal span",
};

const MANY: Partial<Readonly<Record<SpanKind, string>>> = { query: "queries" };

/** "12 model calls, 8 tool calls, 1 agent run; 2 failed, 1 running" */
export function stripWords(steps: readonly StripStep[]): string {
  const kinds = new Map<SpanKind, number>();
  for (const { kind } of steps) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counts = [...kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, calls]) => counted(calls, WORDS[kind], MANY[kind]));
  const states = (["failed", "running"] as const).flatMap((state) => {
    const count = steps.filter((step) => step.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return states.length === 0 ? counts.join(", ") : `${counts.join(", ")}; ${states.join(", ")}`;
}
