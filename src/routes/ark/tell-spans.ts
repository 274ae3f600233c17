import { bareSpans } from "../../trace/ark/bare-span.ts";
import type { BareSpan } from "../../trace/ark/bare-span.ts";
import type { LogEntry } from "../../trace/watch.ts";
import { LogChunk } from "../read/log-chunks.ts";
import { withWholeValues } from "../read/whole-values.ts";
import type { SessionStub, Tell, Told } from "./items.ts";

/** The spans of a revision, whole, that nothing better has replaced. */
export const tellSpans: Tell = async (stub, entry) => {
  const spans = await spansOf(stub, entry);
  if (entry.kind !== "spans") return [];
  const superseded = new Set(entry.superseded);
  return spans.flatMap((data, position): Told[] =>
    superseded.has(position) ? [] : [{ place: placeOfSpan(position), data }],
  );
};

/** A span's last place in its revision: it begins and ends there, for who tells of both. */
export function placeOfSpan(position: number): number {
  return 2 * position + 2;
}

/** By position. An Ark client knows no previews: large values are put back. */
export async function spansOf(stub: SessionStub, entry: LogEntry): Promise<BareSpan[]> {
  if (entry.kind !== "spans") return [];
  const { spans } = new LogChunk(entry);
  const all = spans.pick(spans.spans().map((_, position) => position));
  return bareSpans(entry.hashes.length === 0 ? all : await withWholeValues(stub, all, entry.hashes));
}
