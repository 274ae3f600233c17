import { bareSpans } from "../../../trace/ark/bare-span.ts";
import type { BareSpan } from "../../../trace/ark/bare-span.ts";
import type { LogEntry } from "../../../trace/watch.ts";
import { LogChunk } from "../../read/log-chunks.ts";
import { withWholeValues } from "../../read/whole-values.ts";
import type { SessionStub, Tell } from "../follow/items.ts";

/** The spans of a revision. */
export const tellSpans: Tell = async (stub, entry) =>
  (await currentSpans(stub, entry)).map(({ position, span }) => ({ place: placeOfSpan(position), data: span }));

/** A span's last place in its revision: it begins and ends there, for who tells of both. */
export function placeOfSpan(position: number): number {
  return 2 * position + 2;
}

/** Those that nothing better has replaced. An Ark client knows no previews: large values are put back. */
export async function currentSpans(
  stub: SessionStub,
  entry: LogEntry,
): Promise<readonly { readonly position: number; readonly span: BareSpan }[]> {
  if (entry.kind !== "spans") return [];
  const { spans } = new LogChunk(entry);
  const superseded = new Set(entry.superseded);
  const positions = Array.from({ length: spans.length }, (_, at) => at).filter((at) => !superseded.has(at));
  const picked = spans.pick(positions);
  const whole = entry.hashes.length === 0 ? picked : await withWholeValues(stub, picked, entry.hashes);
  return bareSpans(whole).map((span, at) => ({ position: positions[at] ?? 0, span }));
}
