// Decodes an export until its code is optimised, and collects all garbage: `--trace-deopt` prints the functions whose code that drops.
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeTraces } from "../../src/otlp/protobuf/encode.ts";
import { realisticRequest } from "../bench/realistic-spans.ts";

const [encoding, layouts] = process.argv.slice(2);
const { countExport } = await import("../../src/routes/receive/export-layouts.ts");

const { resourceSpans } = realisticRequest({ spans: 100, traces: 1, seed: 1 });
const isJson = encoding === "json";
const body = isJson ? new TextEncoder().encode(JSON.stringify({ resourceSpans })) : encodeTraces(resourceSpans);

/** Exports until all code that they need is optimised. */
const EXPORTS = 1_500;

for (let n = 0; n < EXPORTS; n++) {
  if (layouts === "kept") countExport();
  const decoded = decodeTraces(body, isJson ? "json" : "protobuf");
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  for (const group of decoded.value.groups) encodeDelivery(group);
  // Code that was compiled beside this thread is taken into use.
  if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
}
// Layouts stay for two more collections after the last object that had them.
for (let n = 0; n < 5; n++) {
  await new Promise((resolve) => setTimeout(resolve));
  globalThis.gc?.();
}
