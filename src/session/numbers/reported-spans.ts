import { textHash } from "../../lib/text-hash.ts";
import type { SessionPart } from "../session-parts.ts";
import type { RecentSpans } from "../table/recent-spans.ts";
import type { EndedSpan } from "./ended-span.ts";
import { endedSpans } from "./ended-spans.ts";

/** Which ended spans of a session were reported, and as what. In memory only: after a wake all are reported once more. */
export class ReportedSpans {
  #texts: ReadonlySet<string> = new Set();

  /** `reported`: to be called when the directory has them. */
  unreported(
    recent: RecentSpans,
    parts: readonly SessionPart[],
  ): { readonly spans: readonly EndedSpan[]; readonly reported: () => void } {
    const texts = new Set<string>();
    const spans: EndedSpan[] = [];
    for (const span of endedSpans(recent, parts)) {
      const text = textHash(JSON.stringify(span));
      texts.add(text);
      if (!this.#texts.has(text)) spans.push(span);
    }
    return {
      spans,
      reported: () => {
        this.#texts = texts;
      },
    };
  }
}
