import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { counted } from "../../../lib/figures.ts";
import { visibleText } from "../../../lib/visible-text.ts";
import "./text.css";
import "./markdown.css";

/** UTF-16 units from which on a text stays plain: a reader waits for no parser. */
const MAX_MARKDOWN = 150_000;
/** Shown at first, UTF-16 units and lines. */
const SHOWN = 4_000;
const SHOWN_LINES = 60;
/** A text that exceeds this by less than a quarter is shown whole. */
const TOLERANCE = 1.25;

export type ProseForm = "drawn" | "raw";

/** Once loaded, the same for all texts of the page. */
const parser = signal<FunctionComponent<{ text: string }> | undefined>(undefined);

/** Text of a model or a user: Markdown once its code is here, else plain. */
export function Prose({ text, form }: { readonly text: string; readonly form: ProseForm }) {
  const [isWhole, setWhole] = useState(false);
  const head = isWhole ? text : headOf(text);
  const isCut = headOf(text).length < text.length;
  const isPlain = form === "raw" || head.length >= MAX_MARKDOWN;
  useEffect(() => {
    if (isPlain || parser.peek() !== undefined) return;
    // Without it the text stays as it is.
    import("./markdown.tsx").then(
      ({ Markdown }) => void (parser.value = Markdown),
      () => undefined,
    );
  }, [isPlain]);
  const Drawn = isPlain ? undefined : parser.value;
  return (
    <div class="prose">
      {Drawn === undefined ? (
        <pre class={form === "raw" ? "text text-code" : "text text-prose"} dir="auto">
          {visibleText(head)}
        </pre>
      ) : (
        <Drawn text={head} />
      )}
      {isCut ? (
        <button type="button" class="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${counted(text.length, "character")}`}
        </button>
      ) : null}
    </div>
  );
}

/** The beginning, to the end of a line if one is near. */
export function headOf(text: string): string {
  let end = text.length > SHOWN * TOLERANCE ? SHOWN : text.length;
  for (let line = 0, at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    line++;
    if (line < SHOWN_LINES * TOLERANCE) continue;
    end = nthLineEnd(text, SHOWN_LINES);
    break;
  }
  return end < text.length ? text.slice(0, end).toWellFormed() : text;
}

function nthLineEnd(text: string, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line++) at = text.indexOf("\n", at + 1);
  return at;
}
