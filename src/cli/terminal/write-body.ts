import { once } from "node:events";

/** Writes a response to the output, as fast as it is read. */
export async function writeBody(response: Response): Promise<void> {
  const decoder = new TextDecoder();
  let last = "\n";
  for await (const piece of response.body ?? []) {
    const text = decoder.decode(piece, { stream: true });
    if (text === "") continue;
    last = text.slice(-1);
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  }
  if (last !== "\n") process.stdout.write("\n");
}
