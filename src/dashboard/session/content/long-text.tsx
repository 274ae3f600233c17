import { counted } from "../../../lib/figures.ts";
import { visibleText } from "../../../lib/visible-text.ts";
import { useMemo, useState } from "preact/hooks";
import { Coloured } from "../../ui/markdown/coloured.tsx";
import "./content.css";

/** A longer text is shown without colours, characters. */
const COLOURED = 60_000;

/**
 * Untrusted text of any length: first its beginning, all of it on demand. `as` is its style. A "preview" is short already,
 * because it is only the beginning of an offloaded value.
 */
export function LongText(props: { text: string; as: "prose" | "code" | "json"; of?: "whole" | "preview" }) {
  const { text, as, of = "whole" } = props;
  const [whole, setWhole] = useState(false);
  const head = useMemo(() => (of === "preview" ? undefined : headOf(text)), [text, of]);
  const shown = head === undefined || whole ? text : head;
  return (
    <div class="long-text">
      <pre class={`text text-${as}`}>
        {as === "json" && shown.length <= COLOURED ? <Coloured text={shown} /> : visibleText(shown)}
      </pre>
      {head === undefined ? null : (
        <button type="button" class="button show-all" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${counted(text.length, "character")}`}
        </button>
      )}
    </div>
  );
}

/** The length shown at first. A button shows the rest. */
const CHARACTERS = 2_400;
const LINES = 36;
/** A text that exceeds the length by less than this factor is shown whole. */
const TOLERANCE = 1.25;

/** The beginning of a long text, cut at a line's end if one is near; `undefined` if the text is short enough. */
export function headOf(text: string): string | undefined {
  let end = text.length > CHARACTERS * TOLERANCE ? CHARACTERS : text.length;
  let line = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    line++;
    if (line === LINES) {
      const rest = text.slice(at + 1, at + 1 + CHARACTERS).split("\n").length;
      if (rest > LINES * (TOLERANCE - 1) || end < text.length) end = at;
      break;
    }
  }
  return end < text.length ? text.slice(0, end).toWellFormed() : undefined;
}
