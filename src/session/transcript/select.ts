import type { Step, Transcript, Turn } from "./transcript.ts";

/** What a reader asks for. Without a field, everything. */
export type Selection = {
  /** The turn's number. */
  readonly turn?: number;
  readonly kinds?: ReadonlySet<Step["kind"]>;
  /** A revision of the log: only what came after it. */
  readonly since?: number;
};

/** The part of a transcript that a reader asks for. Sections around a selected step stay, without their other steps. */
export function select(transcript: Transcript, selection: Selection): Transcript {
  const { turn, since = 0 } = selection;
  const turns = transcript.turns.filter(({ number }) => turn === undefined || number === turn);
  if (selection.kinds === undefined && since === 0) return { ...transcript, turns };
  return {
    ...transcript,
    turns: turns.filter(({ revision }) => revision > since).map((one) => within(one, selection)),
  };
}

function within(turn: Turn, selection: Selection): Turn {
  const { userText, ...rest } = turn;
  return {
    ...rest,
    ...(userText !== undefined && isSelected(userText, selection) && { userText }),
    before: selected(turn.before, selection),
    steps: selected(turn.steps, selection),
  };
}

function isSelected({ kind, revision }: Step, { kinds, since = 0 }: Selection): boolean {
  return revision > since && (kinds === undefined || kinds.has(kind));
}

type Section = Extract<Step, { readonly steps: readonly Step[] }>;

type Level = { readonly from: readonly Step[]; at: number; readonly to: Step[] };

/** Sections can be nested as deep as spans: no recursion. */
function selected(steps: readonly Step[], selection: Selection): readonly Step[] {
  const all: Step[] = [];
  const levels: Level[] = [{ from: steps, at: 0, to: all }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const step = level.from[level.at++];
    if (step === undefined) {
      levels.pop();
      const above = levels.at(-1);
      const section = above?.from[above.at - 1];
      if (section === undefined || !("steps" in section)) continue;
      if (isSelected(section, selection)) above?.to.push({ ...section, steps: level.to });
      else if (level.to.length > 0) above?.to.push({ ...headingOf(section), steps: level.to });
    } else if (!("steps" in step) || step.steps.length === 0) {
      if (isSelected(step, selection)) level.to.push(step);
    } else levels.push({ from: step.steps, at: 0, to: [] });
  }
  return all;
}

/** A section that stands around selected steps only: of a tool, what it was given and gave is left out. */
function headingOf(section: Section): Section {
  if (section.kind !== "tool") return section;
  const { arguments: _arguments, result: _result, resultWithin: _within, failure: _failure, ...heading } = section;
  return heading;
}
