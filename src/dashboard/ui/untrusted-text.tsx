import { visibleLine } from "../../lib/visible-text.ts";

/** The text of spans is untrusted: the page only puts it into text nodes, with its hidden characters made visible. */

export const oneLine = visibleLine;

/** Text from a span within a line of the page: isolated, so that its direction does not affect the text beside it. */
export const UntrustedText = ({ text, limit }: { text: string; limit?: number }) => (
  <bdi class="untrusted">{oneLine(text, limit)}</bdi>
);
