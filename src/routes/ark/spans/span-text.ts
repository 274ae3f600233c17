import type { BareSpan } from "../../../trace/ark/bare-span.ts";
import type { LogPage, View } from "../../../trace/watch.ts";
import { PAGE_BYTES } from "../../stream/session-source.ts";
import type { SessionStub } from "../follow/items.ts";
import { currentSpans } from "./tell-spans.ts";

/** The bare spans of a log, up to its head as it is when the reading begins. */
async function* spansInLog(stub: SessionStub, view: View): AsyncGenerator<BareSpan, void> {
  let cursor: { incarnation: string; revision: number } | undefined;
  let head: number | undefined;
  for (;;) {
    const page: LogPage = await stub.read(view, cursor, PAGE_BYTES, head);
    if (page.state !== "present") return;
    // Begun anew while it was read: what was sent can't be taken back, so the document must not end well.
    if (page.reset) throw new Error("a log changed its life while it was read");
    head ??= page.head;
    for (const entry of page.entries) for (const { span } of await currentSpans(stub, entry)) yield span;
    if (page.next >= head) return;
    cursor = { incarnation: page.incarnation, revision: page.next };
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
