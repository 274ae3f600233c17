import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const NAME = "transcript-search";
/** Marks what is searched in the mounted rows, without touching their elements. `drawn` changes with the rows. */
export function useSearchMarks(scroller: RefObject<HTMLElement | null>, text: string, drawn: string): void {
  useEffect(() => {
    const element = scroller.current;
    // Old browsers show only which rows match.
    if (typeof Highlight === "undefined" || element === null || text.trim() === "") return;
    let isOver = false;
    // Its code comes with the first search, and rows draw their Markdown after this.
    import("./text-ranges.ts").then(
      ({ rangesOf }) =>
        requestAnimationFrame(() => {
          if (!isOver) CSS.highlights.set(NAME, new Highlight(...rangesOf(element, text)));
        }),
      () => undefined,
    );
    return () => {
      isOver = true;
      CSS.highlights.delete(NAME);
    };
  }, [scroller, text, drawn]);
}
