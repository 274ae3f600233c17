import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync, inflateSync } from "node:zlib";

/** One export as it was sent. */
export type Captured = {
  readonly signal: "traces" | "logs";
  readonly encoding: "json" | "protobuf";
  /** Inflated. */
  readonly body: Uint8Array;
};

export type Capture = {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly exports: readonly Captured[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** A receiver on loopback that acknowledges everything and keeps the bodies of traces and logs. */
export async function startCapture(): Promise<Capture> {
  const exports: Captured[] = [];
  const server = createServer((request, response) => {
    const type = request.headers["content-type"] ?? "";
    const encoding = type.includes("json") ? "json" : "protobuf";
    buffer(request)
      .then((body) => {
        const [, signal] = /\/v1\/(traces|logs)\/?$/.exec(request.url ?? "") ?? [];
        const sent = request.headers["content-encoding"];
        const whole = sent === "gzip" ? gunzipSync(body) : sent === "deflate" ? inflateSync(body) : body;
        if (signal === "traces" || signal === "logs") exports.push({ signal, encoding, body: whole });
        response.writeHead(200, { "content-type": type }).end(encoding === "json" ? "{}" : "");
      })
      .catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
