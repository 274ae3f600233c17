import { computed, type ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { ExpiryWarning } from "../../frame/retention-note.tsx";
import { expiryWords, readRetention } from "../../frame/retention.ts";
import type { SessionFeed } from "../feed.ts";

export type ExpiryProps = Pick<SessionFeed, "announced"> & { readonly present: ReadonlySignal<number> };

/** Drawn again only if its words change: the server announces the retention with each bookmark. */
export function Expiry({ announced, present }: ExpiryProps) {
  const words = useMemo(
    () =>
      computed(() => {
        const retention = readRetention(announced.value?.retention);
        return retention === undefined ? "" : expiryWords(retention, present.value);
      }),
    [announced, present],
  );
  if (words.value === "") return null;
  return <ExpiryWarning retention={readRetention(announced.peek()?.retention)} now={present.peek()} />;
}
