import { transcriptOf } from "../../../src/session/transcript/view-transcript.ts";
import { printTranscript, urlHints } from "../../../src/session/transcript/markdown.ts";
import type { Printing } from "../../../src/session/transcript/markdown.ts";
import { select } from "../../../src/session/transcript/select.ts";
import type { Selection } from "../../../src/session/transcript/select.ts";
import type { Content } from "../../../src/content/content-value.ts";
import type { MessagePart } from "../../../src/content/message-parts.ts";
import type { Step, Transcript, Turn } from "../../../src/session/transcript/transcript.ts";
import type { SessionView } from "../../../src/session/view/session-view.ts";
import { wholeView } from "../whole-view.ts";
import type { LogRecord } from "../../../src/otel/log-record.ts";
import type { KeyValue, Span } from "../../../src/otel/span.ts";
import { at, id, TRACE } from "../../facts/facts-of.ts";
import { readPayload } from "../corpus.ts";
import type { Read } from "../corpus.ts";

/** Silent for an hour when it is read. */
export const NOW = Number(at(3_600) / 1_000_000n);

export type Sketch = {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** Seconds. */
  readonly start?: number;
  /** Seconds; `null` of a running span. */
  readonly end?: number | null;
  /** Objects become JSON text. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly trace?: string;
};

export function spanOfSketch({ id: spanId, parent, name, start = 0, end = start + 1, error, ...more }: Sketch): Span {
  return {
    traceId: more.trace ?? TRACE,
    spanId: id(spanId),
    ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
    name,
    startTimeUnixNano: String(at(start)),
    ...(end === null ? {} : { endTimeUnixNano: String(at(end)) }),
    attributes: Object.entries(more.with ?? {}).map(([key, value]): KeyValue => {
      if (typeof value === "number") return { key, value: { intValue: String(value) } };
      return { key, value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) } };
    }),
    ...(error === undefined ? {} : { status: { code: 2, message: error } }),
  };
}

/** A view of these deliveries of spans, then of log records. */
export function viewOf(
  deliveries: readonly (readonly Span[])[],
  records: readonly LogRecord[] = [],
  traceId = TRACE,
): SessionView {
  const view = wholeView("s-1");
  const receipt = { encoding: "json", spans: 1 } as const;
  const received = String(at(0));
  for (const spans of deliveries)
    view.apply({ type: "spans", received, receipt, resourceSpans: [{ scopeSpans: [{ spans }] }] });
  if (records.length > 0) {
    const resourceLogs = [{ scopeLogs: [{ logRecords: records }] }];
    view.apply({ type: "logs", traceId, received, receipt: { ...receipt, spans: 0 }, resourceLogs });
  }
  return view;
}

/** Each span is a delivery of its own. */
export const sketched = (sketches: readonly Sketch[], records: readonly LogRecord[] = []): SessionView =>
  viewOf(
    sketches.map((sketch) => [spanOfSketch(sketch)]),
    records,
  );

export const captured = (file: string): SessionView => viewOf([readPayload(file).map(({ span }) => span)]);

export function transcribed(view: SessionView): Transcript {
  const transcript = transcriptOf(view, NOW);
  if (transcript === undefined) throw new Error("the session is empty");
  return transcript;
}

/** The Markdown, without its head unless it is asked for. */
export function markdownOf(
  view: SessionView,
  {
    selection = {},
    head,
    ...printing
  }: Partial<Printing> & { readonly selection?: Selection; readonly head?: true } = {},
): string {
  const text = printTranscript(select(transcribed(view), selection), {
    max: 200_000,
    hints: urlHints("/sessions/s-1"),
    ...printing,
  });
  return head ? text : text.slice(text.indexOf("\n## ") + 1);
}

export const user = (content: string) => ({ role: "user", content });
export const assistant = (content: string) => ({ role: "assistant", content });
export const calls = (id: string, name: string, args: unknown, content: string | null = null) => ({
  role: "assistant",
  content,
  tool_calls: [{ id, type: "function", function: { name, arguments: JSON.stringify(args) } }],
});
export const system = (content: string) => ({ role: "system", content });
export const result = (id: string, content: string) => ({ role: "tool", tool_call_id: id, content });

/** A call of a model in the GenAI convention. */
export const llm = (more: Partial<Sketch> & Pick<Sketch, "id">, input: unknown, output: unknown): Sketch => ({
  name: "llm.gpt-5",
  ...more,
  with: {
    "openinference.span.kind": "LLM",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.input.messages": input,
    ...(output === undefined ? {} : { "gen_ai.output.messages": output }),
    ...more.with,
  },
});

/** Texts that say the same are equal without their white space. */
export const bare = (text: string): string => text.replaceAll(/\s+/g, "");

/** All steps of a turn, those of its sections included. */
export function stepsIn({ before, userText, steps }: Turn): Step[] {
  const all: Step[] = [];
  const ahead = [...before, ...(userText === undefined ? [] : [userText]), ...steps];
  for (let step = ahead.shift(); step !== undefined; step = ahead.shift()) {
    all.push(step);
    if ("steps" in step) ahead.unshift(...step.steps);
  }
  return all;
}

export const stepsOf = ({ turns }: Transcript): Step[] => turns.flatMap(stepsIn);

/** Without the calls around others: they repeat them. */
export function modelCalls(payload: readonly Read[]): Read[] {
  const parents = new Set(payload.filter(({ facts }) => facts.kind === "llm").map(({ facts }) => facts.parentSpanId));
  return payload.filter(({ facts }) => facts.kind === "llm" && !parents.has(facts.spanId));
}

export function texts(content: Content | undefined, role: string): string[] {
  if (content === undefined) return [];
  if (content.kind !== "messages") return content.kind === "text" ? [content.text] : [];
  return content.messages
    .filter((message) => message.role === role)
    .map(({ parts }) => parts.map((part: MessagePart) => (part.type === "text" ? part.text : "")).join("\n"))
    .filter((text) => bare(text) !== "");
}
