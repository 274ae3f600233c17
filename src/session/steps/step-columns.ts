/** An operation is a kind of span with a name. */
export const STEP_GROUPINGS = ["model", "tool", "agent", "operation"] as const;

export type StepGrouping = (typeof STEP_GROUPINGS)[number];

export const STEP_COLUMNS = [
  "name",
  "calls",
  "errors",
  "p50",
  "p95",
  "total",
  "self",
  "input",
  "output",
  "cached",
  "cost",
] as const;

export type StepColumn = (typeof STEP_COLUMNS)[number];
