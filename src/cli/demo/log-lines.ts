import { context, trace } from "@opentelemetry/api";

/** OTLP's severity numbers. */
export const SEVERITY = { debug: 5, info: 9, warn: 13 } as const;

type Line = Readonly<Record<string, unknown>>;

/** How long lines wait for others, milliseconds. */
const DELAY = 500;
const NANOS_A_MILLI = 1_000_000n;

let waiting: Line[] = [];
let send: ((lines: readonly Line[]) => Promise<void>) | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * Sends what a program writes to its log as OTLP's third signal, in JSON: few services log by an SDK. A line that cannot be
 * sent is lost, as a log's are. `endpoint` and headers are those that exporters read from the environment.
 */
export function startLogLines(service: string): { readonly end: () => Promise<void> } {
  const url = `${process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? ""}/v1/logs`;
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  send = async (logRecords) => {
    const resourceLogs = [{ resource, scopeLogs: [{ scope: { name: "log" }, logRecords }] }];
    const headers = {
      "content-type": "application/json",
      ...headersOf(process.env["OTEL_EXPORTER_OTLP_HEADERS"] ?? ""),
    };
    await fetch(url, { method: "POST", headers, body: JSON.stringify({ resourceLogs }) }).catch(() => undefined);
  };
  return {
    async end() {
      clearTimeout(timer);
      await flush();
    },
  };
}

/** A line about the span that is under way. */
export function log(severityNumber: number, text: string, attributes: Readonly<Record<string, string>> = {}): void {
  const span = trace.getSpan(context.active())?.spanContext();
  if (send === undefined || span === undefined) return;
  waiting.push({
    timeUnixNano: String(BigInt(Date.now()) * NANOS_A_MILLI),
    severityNumber,
    body: { stringValue: text },
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    traceId: span.traceId,
    spanId: span.spanId,
  });
  timer ??= setTimeout(() => void flush(), DELAY);
}

async function flush(): Promise<void> {
  timer = undefined;
  const lines = waiting;
  waiting = [];
  if (lines.length > 0) await send?.(lines);
}

/** `K=V,K2=V2`; a value keeps its own equals signs. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}
