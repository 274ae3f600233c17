import { once } from "node:events";
import { visibleText } from "../../lib/visible-text.ts";

/** Writes data as it is into a pipe. On a terminal nothing in it acts: neither escape sequences nor direction overrides of a span's text. */
export function writeData(text: string): boolean {
  return process.stdout.write(process.stdout.isTTY ? visibleText(text) : text);
}

/** Writes a response to the output, as fast as it is read. */
export async function writeBody(response: Response): Promise<void> {
  const decoder = new TextDecoder();
  let last = "\n";
  for await (const piece of response.body ?? []) {
    const text = decoder.decode(piece, { stream: true });
    if (text === "") continue;
    last = text.slice(-1);
    if (!writeData(text)) await once(process.stdout, "drain");
  }
  if (last !== "\n") process.stdout.write("\n");
}
