import { visibleText } from "../../lib/visible-text.ts";

/** The text of spans is untrusted: the page only puts it into text nodes, with its hidden characters made visible. */

/** Visible, on one line, and no longer than `limit` UTF-16 units (an ellipsis says so). */
export function oneLine(text: string, limit = 300): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return visibleText(cut).replace(/\s+/g, " ").trim();
}

/** Text from a span within a line of the page: isolated, so that its direction does not affect the text beside it. */
export const UntrustedText = ({ text, limit }: { text: string; limit?: number }) => (
  <bdi class="untrusted">{oneLine(text, limit)}</bdi>
);
