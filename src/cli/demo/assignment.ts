import type { StoryQuery } from "./story.ts";

/** What the controller's process asks of the executor's: a query, and the trace and baggage in which it was asked. */
export type Assignment = {
  readonly id: number;
  readonly carrier: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly pace: number;
  readonly query: StoryQuery;
};

/** What comes back. The last message, without an answer, says that every span has left, or why not. */
export type Report =
  | { readonly id: number; readonly answer: string }
  | { readonly ended: true; readonly failure?: string };
