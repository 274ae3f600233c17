import type { LogPage, View } from "../../trace/watch.ts";
import { PAGE_BYTES } from "../stream/session-source.ts";
import type { SessionStub } from "./items.ts";
import { tellSpans } from "./tell-spans.ts";

/** JSON texts of the bare spans of a log, up to its head as it is when the reading begins. `traceId`: only of this trace. */
export async function* spanTexts(stub: SessionStub, view: View): AsyncGenerator<string, void> {
  let cursor: { incarnation: string; revision: number } | undefined;
  let head: number | undefined;
  for (;;) {
    const page: LogPage = await stub.read(view, cursor, PAGE_BYTES, head);
    if (page.state !== "present") return;
    // Begun anew while it was read: what was sent can't be taken back, so the document must not end well.
    if (page.reset) throw new Error("a log changed its life while it was read");
    head ??= page.head;
    for (const entry of page.entries) {
      for (const { data } of await tellSpans(stub, entry, "")) yield JSON.stringify(data);
    }
    if (page.next >= head) return;
    cursor = { incarnation: page.incarnation, revision: page.next };
  }
}

/** Texts with commas between them. */
export async function* separated(texts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let first = true;
  for await (const text of texts) {
    yield first ? text : `,${text}`;
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
