import { inflate } from "../lib/body-codec.ts";
import type { AnyValue } from "../otel/span.ts";
import type { ValueReader } from "./contract/log-reader.ts";

/** Bytes of compressed values in one answer. The limit of an RPC value is 32 MiB. */
const VALUES_BYTES = 4_000_000;

/** Fetches large values and looks them up by hash. Throws on an unknown hash: a preview must not pass for the whole. */
export async function wholeValues(
  reader: ValueReader,
  hashes: readonly string[],
): Promise<(hash: string) => AnyValue | undefined> {
  const values = new Map<string, AnyValue>();
  const wanted = Array.from(new Set(hashes));
  while (values.size < wanted.length) {
    for (const value of await reader.values(wanted.slice(values.size), VALUES_BYTES)) {
      if (value === undefined) throw new Error("a value is no longer in the log");
      const text = new TextDecoder().decode(inflate(value.encoding, value.body));
      // The text is canonical: this program wrote it.
      values.set(value.hash, JSON.parse(text) as AnyValue);
    }
  }
  return (hash) => values.get(hash);
}
