import { LogChunk, withWholeValues } from "../../routes/read/log-chunks.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import type { LogPage, View, LogEntry } from "../../session/contract/log-page.ts";
import { bareSpans } from "../bare-span.ts";
import type { BareSpan } from "../bare-span.ts";
import type { SessionStub, Tell } from "../follow/items.ts";

/** The bare spans of a log, up to its head as it is when the reading begins. */
async function* spansInLog(stub: SessionStub, view: View): AsyncGenerator<BareSpan, void> {
  let cursor: { generation: string; revision: number } | undefined;
  let head: number | undefined;
  for (;;) {
    const page: LogPage = await stub.read(view, cursor, PAGE_BYTES, head);
    if (page.state !== "present") return;
    // Begun anew while it was read: what was sent can't be taken back, so the document must not end well.
    if (page.reset) throw new Error("a log changed its life while it was read");
    head ??= page.head;
    for (const entry of page.entries) for (const { span } of await currentSpans(stub, entry)) yield span;
    if (page.next >= head) return;
    cursor = { generation: page.generation, revision: page.next };
  }
}

/** As JSON, with commas between them; all of them, or those that are wanted. */
export async function* spanTexts(
  stub: SessionStub,
  view: View,
  isWanted: (span: BareSpan) => boolean = () => true,
): AsyncGenerator<string, void> {
  let first = true;
  for await (const span of spansInLog(stub, view)) {
    if (!isWanted(span)) continue;
    yield `${first ? "" : ","}${JSON.stringify(span)}`;
    first = false;
  }
}

/** How much is written at once, in UTF-16 units. */
const PIECE = 64_000;

/** A body that is written as it is read: a reader who stops is waited for. */
export function textStream(texts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let piece = "";
        while (piece.length < PIECE) {
          const { value, done } = await texts.next();
          if (done === true) {
            if (piece !== "") controller.enqueue(encoder.encode(piece));
            return controller.close();
          }
          piece += value;
        }
        controller.enqueue(encoder.encode(piece));
      },
      async cancel() {
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

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
