import type { AnyValue } from "../../otel/span.ts";

/** What a coding agent's log record tells, whichever agent it is; times and ids come of the record. */
export type AgentEvent =
  | { readonly is: "prompt"; readonly name: string; readonly agent: string; readonly text: AnyValue | undefined }
  | ModelEvent
  | (ToolCall & { readonly is: "tool"; readonly name: string })
  /** A request on the wire whose answer another record tells of. */
  | {
      readonly is: "request";
      readonly name: string;
      readonly endpoint: string | undefined;
      readonly status: number | undefined;
    };

export type ModelEvent = ModelCall & { readonly is: "model"; readonly name: string };

export type ModelCall = {
  readonly model: string | undefined;
  /** As the agent counts them. */
  readonly tokens:
    | {
        readonly input: number;
        readonly output: number;
        readonly cached?: number | undefined;
        readonly written?: number | undefined;
        readonly reasoning?: number | undefined;
      }
    | undefined;
  /** US dollars. */
  readonly cost: number | undefined;
  readonly firstTokenMillis: number | undefined;
  readonly finishReasons: AnyValue | undefined;
  readonly input: AnyValue | undefined;
  readonly output: AnyValue | undefined;
  readonly failure: Failure | undefined;
};

export type ToolCall = {
  readonly tool: string;
  readonly callId: string | undefined;
  readonly input: AnyValue | undefined;
  readonly output: AnyValue | undefined;
  readonly failure: Failure | undefined;
};

export type Failure = { readonly type: string | undefined; readonly message: string | undefined };

/** What an agent calls the thing that a record is about; its span's id is made of it. */
export type Subject = { readonly of: "prompt" | "model" | "tool"; readonly id: string };

/** A record of a coding agent. */
export type AgentRecord = {
  readonly event?: AgentEvent;
  /** Of the span that it is about; absent where only the record itself tells it from others. */
  readonly subject?: Subject;
  /** The prompt that it belongs to; absent where the agent does not say. */
  readonly promptId?: string;
};
