import type { SummaryWithStatus } from "../liveness.ts";
import type { QuerySummary } from "../summary.ts";
import type { Passage } from "./passage.ts";

/** A session as it is read: what was asked, said, called and returned, each once. */
export type Transcript = {
  readonly summary: SummaryWithStatus;
  /** By start. */
  readonly turns: readonly Turn[];
};

/** A query of the session. */
export type Turn = {
  /** From one. */
  readonly number: number;
  readonly summary: QuerySummary;
  /** The conversation that the turn continues, if no other turn has it. */
  readonly before: readonly Step[];
  /** What the user asked. */
  readonly userText?: Step & { readonly kind: "user" };
  readonly steps: readonly Step[];
  /** The last revision of the log that changed a span of the turn; {@link NEW} until its steps are folded. */
  readonly revision: number;
};

/** The revision of a turn whose steps wait because it is new. */
export const NEW = -1;

type StepOf<Kind extends string> = {
  readonly kind: Kind;
  /** The span to select. */
  readonly traceId: string;
  readonly spanId: string;
  /** Unix nanoseconds. */
  readonly start: bigint;
  /** Nanoseconds; of a running span, and of what takes no time, absent. */
  readonly duration?: bigint;
  /** The last revision of the log that changed the span. */
  readonly revision: number;
};

/** What one participant said. `name`: who, if several may be meant. */
type Saying<Kind extends string> = StepOf<Kind> & { readonly passage: Passage; readonly name?: string };

export type ToolStep = StepOf<"tool"> & {
  readonly name: string;
  readonly arguments?: Passage;
  readonly result?: Passage;
  /** The result is the last answer of the steps within: it is not repeated. */
  readonly resultWithin?: true;
  readonly failure?: Failure;
  readonly running?: true;
  readonly steps: readonly Step[];
};

export type Step =
  | Saying<"user">
  | Saying<"system">
  | Saying<"reasoning">
  /**
   * An answer of a model; no text if no span states it. `repeats`: the turn has the same text above. `calls`: the answer calls
   * these tools and says nothing.
   */
  | (Saying<"text"> & {
      readonly tokens?: { readonly input: number; readonly output: number };
      readonly calls?: readonly string[];
      readonly repeats?: true;
    })
  /** A picture, a file. `word`: its name and type, else the producer's word. `bytes`: 0 of one that is elsewhere. */
  | (StepOf<"attachment"> & { readonly word: string; readonly bytes: number })
  | ToolStep
  | (StepOf<"agent" | "team"> & { readonly name: string; readonly running?: true; readonly steps: readonly Step[] })
  | (StepOf<"error"> & { readonly name: string; readonly failure: Failure })
  /** An open input request. */
  | (StepOf<"question"> & { readonly question: string; readonly tool?: string })
  /** A call that has not ended. */
  | (StepOf<"running"> & { readonly name: string; readonly arguments?: Passage })
  /** Nothing happened for so long. */
  | (StepOf<"gap"> & { readonly duration: bigint });

export type Failure = {
  readonly canceled?: true;
  readonly type?: string;
  readonly message?: Passage;
  readonly stacktrace?: Passage;
};

export const STEP_KINDS = [
  "user",
  "system",
  "reasoning",
  "text",
  "attachment",
  "tool",
  "agent",
  "team",
  "error",
  "question",
  "running",
  "gap",
] as const satisfies readonly Step["kind"][];

export type StepKind = (typeof STEP_KINDS)[number];
