import { useMemo, useState } from "preact/hooks";
import { counted } from "../text/figures.ts";
import { visibleText } from "../text/hostile-text.ts";
import { headOf } from "./clamp.ts";
import { jsonTokens } from "./json-tokens.ts";

/** Colouring is for reading; a text that nobody reads to its end is shown plain. */
const COLOURED = 60_000;

/**
 * Text of any length and any origin: its head first, all of it on demand. `as` says how it is set; a "preview" is
 * only the beginning of what it stands for, and short enough.
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

const Coloured = ({ text }: { text: string }) => (
  <>
    {jsonTokens(visibleText(text)).map(({ type, text: part }, index) =>
      type === "plain" ? (
        part
      ) : (
        <span key={index} class={`json-${type}`}>
          {part}
        </span>
      ),
    )}
  </>
);
