/** A tool that an agent calls. `error` makes it fail, without `output`. */
export type ToolUse = {
  readonly tool: string;
  readonly type: "mcp" | "http" | "custom" | "agent";
  readonly input: Readonly<Record<string, unknown>>;
  readonly output?: unknown;
  /** A PNG beside the output. */
  readonly picture?: Uint8Array;
  readonly error?: { readonly type: string; readonly message: string };
  /** The tool's server asks a person before it works. */
  readonly asks?: Elicitation;
  /** The tool is another agent: its turn follows, and its last message is the output. */
  readonly turn?: Turn;
  /** Seconds. */
  readonly takes: number;
};

/** A question by MCP's `elicitation/create`, and its answer after so many seconds. */
export type Elicitation = {
  readonly message: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly takes: number;
};

/** One model call and its outcome: tools, all at once, or an answer that ends the agent's turn. */
export type Move =
  | { readonly thinks: number; readonly calls: readonly ToolUse[] }
  | { readonly thinks: number; readonly says: string };

export type Turn = {
  readonly agent: string;
  readonly model: string;
  readonly instructions: string;
  readonly moves: readonly Move[];
};

export type StoryQuery = {
  readonly name: string;
  /** Seconds before the person sends it. */
  readonly after?: number;
  readonly input: string;
  /** Without a team, the first turn's agent is the target itself. */
  readonly team?: { readonly name: string; readonly strategy: "sequential" | "round-robin" | "selector" };
  readonly turns: readonly Turn[];
};

/** A session: its queries follow each other, as a person would send them. */
export type Story = {
  readonly name: string;
  readonly namespace: string;
  readonly queries: readonly StoryQuery[];
};

/** A message from the controller's process to the executor's: a query, with its trace and baggage. */
export type Assignment = {
  readonly id: number;
  readonly carrier: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly pace: number;
  readonly query: StoryQuery;
};

/** A message from the executor's process. The last one, without an answer, says that every span was sent, or why not. */
export type Report =
  | { readonly id: number; readonly answer: string }
  | { readonly ended: true; readonly failure?: string };
