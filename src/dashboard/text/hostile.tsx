import { oneLine } from "./hostile-text.ts";

/** Text from a span within a line of the page's own: isolated, so that its direction cannot leak into what stands beside. */
export const Hostile = ({ text, limit }: { text: string; limit?: number }) => (
  <bdi class="hostile">{oneLine(text, limit)}</bdi>
);
