import { textHash } from "../../lib/text-hash.ts";
import type { QueryFold } from "../queries.ts";
import type { SessionPart } from "../session-parts.ts";
import type { RecentSpan, RecentSpans } from "../table/recent-spans.ts";
import type { EndedSpan } from "./ended-span.ts";
import { endedSpans } from "./ended-spans.ts";

/**
 * Which ended spans of a session were reported, and as what. It lasts as long as the fold: after a wake, or a change that evicts the fold, all are
 * reported once more. A part that was not folded anew since is not looked at.
 */
export class ReportedSpans {
  readonly #folds = new WeakSet<QueryFold>();
  /** The life of the session that the list shows, as far as is known here. */
  generation: string | undefined;

  /** `reported`: to be called when the directory has them. */
  unreported(
    recent: RecentSpans,
    parts: readonly SessionPart[],
  ): { readonly spans: readonly EndedSpan[]; readonly reported: () => void } {
    const changed = parts.filter(({ fold }) => !this.#folds.has(fold));
    const texts = new Map<RecentSpan, string>();
    const spans = endedSpans(recent, changed, (span, derived) => {
      const text = textHash(derived);
      if (span.reported === text) return false;
      texts.set(span, text);
      return true;
    });
    return {
      spans,
      reported: () => {
        for (const { fold } of changed) this.#folds.add(fold);
        for (const [span, text] of texts) span.reported = text;
      },
    };
  }
}
