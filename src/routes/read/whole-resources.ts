import { withExportedSession } from "../../facts/session-claim.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { restoreLogValues, restoreValues } from "../../otlp/restore-values.ts";
import type { ChunkEntry } from "../../session/contract/log-page.ts";
import type { ValueReader } from "../../session/contract/log-reader.ts";
import { wholeValues } from "../../session/whole-values.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The resources of an entry as an export has them, as JSON: with all large values, and with the session that the claims name on each
 * resource of spans. `text`: the entry's resources with previews.
 */
export async function wholeResources(
  reader: ValueReader,
  { kind, hashes, claims = [] }: Pick<ChunkEntry, "kind" | "hashes" | "claims">,
  text: Uint8Array,
): Promise<Uint8Array> {
  if (hashes.length === 0 && claims.length === 0) return text;
  const values = await wholeValues(reader, hashes);
  const whole =
    kind === "logs"
      ? restoreLogValues(parseResources<ResourceLogs>(text), values)
      : withExportedSession(restoreValues(parseResources<ResourceSpans>(text), values), claims);
  return encoder.encode(JSON.stringify(whole));
}

/** The text is canonical: this program wrote it. */
export function parseResources<Resources>(text: Uint8Array): Resources[] {
  return JSON.parse(decoder.decode(text)) as Resources[];
}
