import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const NAME = "transcript-search";
/** Marks in the mounted rows. */
const MAX_MARKS = 500;

/** Marks what is searched in the mounted rows, without touching their elements. `drawn` changes with the rows. */
export function useSearchMarks(scroller: RefObject<HTMLElement | null>, text: string, drawn: string): void {
  useEffect(() => {
    const element = scroller.current;
    // Old browsers show only which rows match.
    if (typeof Highlight === "undefined" || element === null || text.trim() === "") return;
    // Rows draw their Markdown after this.
    const frame = requestAnimationFrame(() => CSS.highlights.set(NAME, new Highlight(...rangesOf(element, text))));
    return () => {
      cancelAnimationFrame(frame);
      CSS.highlights.delete(NAME);
    };
  }, [scroller, text, drawn]);
}

function rangesOf(element: HTMLElement, text: string): Range[] {
  const wanted = text.trim().toLowerCase();
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < MAX_MARKS; node = walker.nextNode()) {
    const own = (node.nodeValue ?? "").toLowerCase();
    // Some letters change their length with their case: their texts have no marks.
    if (own.length !== node.nodeValue?.length) continue;
    for (let at = own.indexOf(wanted); at >= 0 && ranges.length < MAX_MARKS; at = own.indexOf(wanted, at + 1)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}
