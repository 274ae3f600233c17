import { useMemo } from "preact/hooks";
import { counted } from "../../../lib/figures.ts";
import { visibleText } from "../../../lib/visible-text.ts";
import type { Compared } from "../../../session/inspector/attempts.ts";
import { lineChanges } from "./line-changes.ts";

/** UTF-16 units. Longer texts are not compared. */
const MAX_COMPARED = 400_000;
/** Lines that are drawn. */
const MAX_LINES = 400;

const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const WORDS = { same: "", added: "now: ", removed: "before: " } as const;

/** What changed from one text to the next, line by line. */
export function ChangesView({ before, now }: Compared) {
  const changes = useMemo(
    () => (before.length + now.length > MAX_COMPARED ? undefined : lineChanges(before, now)),
    [before, now],
  );
  if (changes === undefined) return <p class="muted">The texts are too long to be compared.</p>;
  return (
    <div class="line-changes" dir="ltr">
      {changes.slice(0, MAX_LINES).map((change, at) =>
        change.is === "folded" ? (
          <p key={at} class="muted">
            {counted(change.lines, "equal line")}
          </p>
        ) : (
          <pre key={at} class={`line-${change.is}`}>
            <span aria-hidden="true">{`${SIGNS[change.is]} `}</span>
            <span class="visually-hidden">{WORDS[change.is]}</span>
            {visibleText(change.text)}
          </pre>
        ),
      )}
      {changes.length > MAX_LINES ? <p class="muted">{counted(changes.length - MAX_LINES, "more line")}</p> : null}
    </div>
  );
}
