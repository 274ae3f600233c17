import { STEP_COLUMNS, STEP_GROUPINGS } from "../../session/steps/step-columns.ts";
import type { StepColumn, StepGrouping } from "../../session/steps/step-columns.ts";

/** How the table of steps is grouped and sorted. */
export type StepsView = {
  readonly by: StepGrouping;
  readonly column: StepColumn;
  readonly order: "falling" | "rising";
};

export const ALL_STEPS: StepsView = { by: "model", column: "total", order: "falling" };

/** Reads `steps=tool,cost,rising`. Unknown words count as the defaults. */
export function readStepsView(text: string | null): StepsView | undefined {
  if (text === null) return undefined;
  const words = text.split(",", 3);
  const by = STEP_GROUPINGS.find((one) => words.includes(one)) ?? ALL_STEPS.by;
  const column = STEP_COLUMNS.find((one) => words.includes(one)) ?? ALL_STEPS.column;
  return { by, column, order: words.includes("rising") ? "rising" : "falling" };
}

export const writeStepsView = ({ by, column, order }: StepsView): string =>
  [by, ...(column === ALL_STEPS.column ? [] : [column]), ...(order === "rising" ? [order] : [])].join(",");
