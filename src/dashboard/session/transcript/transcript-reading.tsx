import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { transcriptOf } from "../../../session/transcript/view-transcript.ts";
import { duration } from "../../../lib/figures.ts";
import { narrow, useVirtualRows } from "../../ui/virtual-rows.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { ReadingProps, Revealed } from "../reading-props.ts";
import { transcriptLines, type TranscriptLine } from "./transcript-lines.ts";

const ROW = 28;
const NARROW_ROW = 46;

/** A session as it is read: turn by turn, what was said, called and returned. */
export function TranscriptReading(props: ReadingProps) {
  const { displayed, reader, selected, revealed, order, onSelect } = props;
  const lines = useMemo(() => {
    const transcript = displayed.view === undefined ? undefined : transcriptOf(displayed.view, 0);
    return transcript === undefined ? [] : transcriptLines(transcript, displayed.tree);
  }, [displayed]);
  useLayoutEffect(() => {
    order.current = () => [...new Set(lines.flatMap(({ key }) => (key === "" ? [] : [key])))];
  }, [order, lines]);

  const keyOf = useCallback((index: number) => `${index}:${lines[index]?.key ?? ""}`, [lines]);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height, scrollTo } = useVirtualRows(lines.length, rowHeight, keyOf);
  const followed = useRef<Revealed | undefined>(undefined);
  useLayoutEffect(() => {
    if (revealed === undefined || followed.current === revealed) return;
    followed.current = revealed;
    let row = displayed.tree.byKey.get(revealed.key);
    for (; row !== undefined; row = row.parent) {
      const { key } = row;
      const at = lines.findIndex((line) => line.key === key);
      if (at >= 0) return scrollTo(at);
    }
  });

  return (
    <section class="transcript" aria-label="Transcript">
      <div class="scroller" ref={scroller} aria-label="Transcript" role="list">
        <div class="rows" style={{ height: `${height}px` }}>
          {items.map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={item.key}
                role="listitem"
                aria-current={line.key !== "" && line.key === selected}
                class={lineClass(line, reader.cursor)}
                style={{ transform: `translateY(${item.start}px)`, "--depth": Math.min(line.depth, 12) }}
              >
                <button type="button" tabIndex={-1} disabled={line.key === ""} onClick={() => onSelect(line.key)}>
                  {line.subject === "" ? null : (
                    <span class="line-subject">
                      <UntrustedText text={line.subject} limit={120} />
                    </span>
                  )}
                  <span class="line-text" dir="auto">
                    <UntrustedText text={line.text} limit={300} />
                  </span>
                  <span class="line-duration number">{line.duration === undefined ? "" : duration(line.duration)}</span>
                </button>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

const lineClass = ({ as, key }: TranscriptLine, cursor: string | undefined): string =>
  `transcript-line line-${as}${key !== "" && key === cursor ? " at-cursor" : ""}`;
