type File =
  | { readonly ok: true; readonly bytes: ReadableStream<Uint8Array> }
  | { readonly ok: false; readonly status: 400 | 415; readonly title: string; readonly detail: string };

/** A request's body as plain bytes: gzip and deflate where the header says so, gzip too where the file itself does. */
export async function openFile(request: Request): Promise<File> {
  const coding = (request.headers.get("content-encoding") ?? "").trim().toLowerCase();
  const body = request.body;
  if (body === null) return { ok: false, status: 400, title: "Bad Request", detail: "Send a file as the body." };
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return { ok: true, bytes: inflated(body, "gzip") };
    case "deflate":
      return { ok: true, bytes: inflated(body, "deflate") };
    case "":
    case "identity": {
      const { isGzip, bytes } = await sniff(body);
      return { ok: true, bytes: isGzip ? inflated(bytes, "gzip") : bytes };
    }
    default:
      return {
        ok: false,
        status: 415,
        title: "Unsupported Media Type",
        detail: `Content-Encoding "${coding}" is not taken: send gzip, deflate or none.`,
      };
  }
}

function inflated(bytes: ReadableStream<Uint8Array>, format: "gzip" | "deflate"): ReadableStream<Uint8Array> {
  return bytes.pipeThrough(new DecompressionStream(format));
}

/** Whether a body begins as gzip does, and all of it again. */
async function sniff(
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly isGzip: boolean; readonly bytes: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  let head = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  const bytes = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (head.length > 0) controller.enqueue(head);
      },
      pull: async (controller) => {
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async (reason) => await reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { isGzip: head[0] === 0x1f && head[1] === 0x8b, bytes };
}
