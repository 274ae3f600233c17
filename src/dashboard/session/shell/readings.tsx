import type { FunctionComponent } from "preact";
import { READINGS, type ReadingName } from "../../address/reading-view.ts";
import { lazily } from "../../ui/lazy.tsx";
import type { ReadingProps } from "../reading-props.ts";

/** The readings of a session, each loaded when it is first shown. */
const PARTS: Readonly<Record<ReadingName, ReturnType<typeof lazily<ReadingProps>>>> = {
  transcript: lazily<ReadingProps>(
    async () => (await import("../transcript/transcript-reading.tsx")).TranscriptReading,
  ),
  timeline: lazily<ReadingProps>(async () => (await import("../timeline/timeline-reading.tsx")).TimelineReading),
  steps: lazily<ReadingProps>(async () => (await import("../steps/steps-reading.tsx")).StepsReading),
  logs: lazily<ReadingProps>(async () => (await import("../logs/logs-reading.tsx")).LogsReading),
};

export const DEFAULT_READING: ReadingName = READINGS[0];

export function Reading({ name, ...props }: ReadingProps & { readonly name: ReadingName }) {
  const Part: FunctionComponent<ReadingProps> = PARTS[name].Part;
  return <Part key={name} {...props} />;
}

/** Before the reader chooses it: then it is shown at once. */
export const preloadReading = (name: ReadingName): void => PARTS[name].preload();
