import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TELEMETRY_SETTINGS } from "../../otel/telemetry-settings.ts";

/** Keys of the `[telemetry]` table, and the variables that they stand for. */
const VARIABLES: Readonly<Record<string, (typeof TELEMETRY_SETTINGS)[number]>> = {
  enabled: "TELEMETRY_ENABLED",
  service_name: "TELEMETRY_SERVICE_NAME",
  sampling_rate: "TELEMETRY_SAMPLING_RATE",
};

export type TelemetryFile = {
  readonly variables: Readonly<Record<string, string>>;
  /** English sentences, which name the file. */
  readonly faults: readonly string[];
};

/** The `[telemetry]` table of `spanfold.toml` in the data directory; nothing without the file. Values are judged where the variables are. */
export async function readTelemetryFile(directory: string): Promise<TelemetryFile> {
  const file = join(directory, "spanfold.toml");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return { variables: {}, faults: [] };
  // Few have the file.
  const { parse } = await import("smol-toml");
  try {
    const table: unknown = parse(text)["telemetry"];
    const entries = Object.entries(Object(table) as Readonly<Record<string, unknown>>);
    const known = entries.flatMap(([key, value]) => {
      const variable = Object.hasOwn(VARIABLES, key) ? VARIABLES[key] : undefined;
      return variable === undefined ? [] : [[variable, String(value)] as const];
    });
    const unknown = entries.filter(([key]) => !Object.hasOwn(VARIABLES, key));
    const words = Object.keys(VARIABLES).join(", ");
    return {
      variables: Object.fromEntries(known),
      faults: unknown.map(([key]) => `${file} has telemetry.${key}, which is not known: it may have ${words}.`),
    };
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split("\n");
    return { variables: {}, faults: [`${file} is not read, and the defaults apply: ${reason}.`] };
  }
}
