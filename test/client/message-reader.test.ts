import { expect, test } from "vitest";
import { MessageReader } from "../../src/client/message-reader.ts";

const TEXT = [
  "\u{feff}retry: 1500",
  "",
  ": heartbeat",
  "",
  "id: 3.1",
  "event: spans",
  `data: {"name":"Zürich 東京 🛰"}`,
  "",
  "event: bookmark",
  `data: {"now":1}`,
  "",
  "data: never ends",
].join("\n");

const MESSAGES = [
  { id: "3.1", event: "spans", data: `{"name":"Zürich 東京 🛰"}` },
  { id: undefined, event: "bookmark", data: `{"now":1}` },
];

test("chunks of a response end anywhere, in a line, an event and a letter", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let size = 1; size <= bytes.length; size++)
    expect(await read(bytes, size), `by ${size} bytes`).toEqual(MESSAGES);
});

test("a message is there as soon as its end is, whatever began after it", async () => {
  const reader = new MessageReader(inChunks(["data: 1\n\ndata", ": 2\n", "\ndata: 3"]));
  const seen: string[][] = [];
  for (let read = await reader.read(); read !== undefined; read = await reader.read())
    seen.push(read.map(({ data }) => data));
  expect(seen).toEqual([["1"], [], ["2"]]);
});

async function read(bytes: Uint8Array, size: number): Promise<unknown[]> {
  const retries: number[] = [];
  const comments: string[] = [];
  const count = Math.ceil(bytes.length / size);
  const chunks = Array.from({ length: count }, (_, at) => bytes.slice(at * size, (at + 1) * size));
  const reader = new MessageReader(bodyOf(chunks), {
    retry: (millis) => retries.push(millis),
    comment: (text) => comments.push(text),
  });
  const messages: unknown[] = [];
  for (let found = await reader.read(); found !== undefined; found = await reader.read()) messages.push(...found);
  expect({ retries, comments }).toEqual({ retries: [1500], comments: ["heartbeat"] });
  return messages;
}

const inChunks = (texts: readonly string[]): ReadableStream<Uint8Array> =>
  bodyOf(texts.map((text) => new TextEncoder().encode(text)));

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
