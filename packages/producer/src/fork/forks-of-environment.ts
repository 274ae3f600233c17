import type { Log } from "../log.ts";
import { EnvironmentReader } from "../telemetry/environment.ts";
import { PROTOCOLS } from "./target.ts";
import type { ForkOptions } from "./target.ts";

/** Prefixes of the variables; only Spanfold reads spans that have not ended. */
const SOURCES = [
  { prefix: "ARK_BROKER_OTLP", live: false },
  { prefix: "SPANFOLD", live: true },
] as const;

/** The forks that `<prefix>_ENDPOINT`, `_PROTOCOL` and `_HEADERS` name. Credentials of the primary are never sent to them. */
export function forksOf(env: object, log: Log): { readonly source: string; readonly options: ForkOptions }[] {
  const reader = new EnvironmentReader(env, log);
  return SOURCES.flatMap(({ prefix, live }) => {
    const endpoint = reader.text(`${prefix}_ENDPOINT`);
    if (endpoint === undefined) return [];
    const protocol = reader.oneOf(`${prefix}_PROTOCOL`, PROTOCOLS);
    const headers = reader.pairs(`${prefix}_HEADERS`);
    const options = { endpoint, headers, live, ...(protocol === undefined ? {} : { protocol }) };
    return [{ source: `${prefix}_ENDPOINT`, options }];
  });
}
