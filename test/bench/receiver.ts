import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An OTLP receiver on this machine that takes everything. It reads the ids only, if it is given something to do with a body. */
export type Receiver = { readonly url: string; readonly close: () => void };

export async function openReceiver(take?: (body: Buffer) => void): Promise<Receiver> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => void (take !== undefined && parts.push(part)));
    request.on("end", () => {
      take?.(Buffer.concat(parts));
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}
