import { useRef } from "preact/hooks";
import { READINGS, type ReadingName } from "../../address/reading-view.ts";
import { keyOf, READING_KEYS } from "../../keymap.ts";
import { capitalised, count } from "../../../lib/figures.ts";
import { memoized } from "../../ui/memoized.tsx";
import { preloadReading } from "./readings.tsx";

/** The element that the tabs control. */
export const READING_ID = "reading";

type TabsProps = {
  readonly shown: ReadingName;
  readonly logRecords: number;
  readonly onReading: (name: ReadingName) => void;
};

/** The choice of a reading. */
export const ReadingTabs = memoized(({ shown, logRecords, onReading }: TabsProps) => {
  const names = READINGS.filter((name) => name !== "logs" || logRecords > 0 || shown === "logs");
  const tabs = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = names[(names.indexOf(shown) + by + names.length) % names.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    tabs.current?.querySelector<HTMLElement>(`[data-reading="${next}"]`)?.focus();
    onReading(next);
  };
  return (
    <div class="readings" role="tablist" aria-label="Readings" ref={tabs}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          class="reading-tab"
          data-reading={name}
          id={`tab-${name}`}
          aria-controls={READING_ID}
          aria-selected={name === shown}
          tabIndex={name === shown ? 0 : -1}
          title={`${capitalised(name)} (${keyOf(READING_KEYS, name)})`}
          onKeyDown={move}
          onClick={() => onReading(name)}
          onPointerEnter={() => preloadReading(name)}
        >
          {capitalised(name)}
          {name === "logs" && logRecords > 0 ? <span class="tab-count">{count(logRecords)}</span> : null}
        </button>
      ))}
    </div>
  );
});
