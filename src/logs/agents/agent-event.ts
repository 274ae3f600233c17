import type { AnyValue } from "../../otel/span.ts";

/** The event in a coding agent's log record, the same for all agents. Times and ids come from the record. */
export type AgentEvent =
  | { readonly is: "prompt"; readonly name: string; readonly agent: string; readonly text: AnyValue | undefined }
  | ModelEvent
  | (ToolCall & { readonly is: "tool"; readonly name: string })
  /** An HTTP request; another record reports its answer. */
  | {
      readonly is: "request";
      readonly name: string;
      readonly endpoint: string | undefined;
      readonly status: number | undefined;
    };

export type ModelEvent = ModelCall & { readonly is: "model"; readonly name: string };

export type ModelCall = {
  readonly model: string | undefined;
  /** Input includes cached and written tokens, output includes reasoning. */
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

/** The agent's own id for the subject of a record; the id of the derived span is a hash of it. */
export type Subject = { readonly of: "prompt" | "model" | "tool"; readonly id: string };

/** A record of a coding agent. */
export type AgentRecord = {
  readonly event?: AgentEvent;
  /** The span that the record describes; absent if the agent has no id for it. */
  readonly subject?: Subject;
  /**
   * The prompt to which the record belongs; absent if the agent does not name it. Also a prompt's own id, if other prompts of
   * the session may have the same: it is not the prompt's subject then.
   */
  readonly promptId?: string;
};
