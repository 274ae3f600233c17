import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";

/** A receiver on loopback. It stores every export in the form of the log. */
export async function receiver() {
  const exports: ResourceSpans[][] = [];
  const server = createServer((request, response) => {
    const encoding = request.headers["content-type"] === "application/x-protobuf" ? "protobuf" : "json";
    buffer(request)
      .then((body) => {
        exports.push(received(body, encoding));
        response
          .writeHead(200, { "content-type": request.headers["content-type"] })
          .end(encoding === "json" ? "{}" : "");
      })
      .catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    exports,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function received(body: Uint8Array, encoding: "json" | "protobuf"): ResourceSpans[] {
  const decoded = decodeTraces(body, encoding);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap((group) => {
    const delivery = encodeDelivery(group);
    return JSON.parse(new TextDecoder().decode(inflate(delivery.encoding, delivery.body)));
  });
}

/** "name running" or "name ended", with the parent's name, for each span of an export, in order. */
export function spansIn(resourceSpans: readonly ResourceSpans[], names: ReadonlyMap<string, string>): string[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ name, parentSpanId, endTimeUnixNano = "0" }) => {
        const parent = parentSpanId === undefined ? "" : ` under ${names.get(parentSpanId) ?? parentSpanId}`;
        return `${name}${parent} ${endTimeUnixNano === "0" ? "running" : "ended"}`;
      }),
    ),
  );
}
