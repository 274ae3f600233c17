// Decodes and delivers each hostile body in this process, whose heap the test bounds: past the bound Node aborts it.
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import { HOSTILE, HOSTILE_LOGS, type HostileBody } from "./hostile-bodies.ts";
import { outcomeOf as logsOutcomeOf } from "./logs/log-requests.ts";
import { outcomeOf } from "./requests.ts";

/** A function of its own, so that nothing of one body outlives it. */
function deliver({ encoding, bytes }: HostileBody): string {
  const result = decodeTraces(bytes, encoding);
  if (result.ok) for (const group of result.value.groups) encodeDelivery(group);
  return outcomeOf(result);
}

function deliverLogs({ encoding, bytes }: HostileBody): string {
  const result = decodeLogs(bytes, encoding);
  if (result.ok) for (const group of result.value.groups) encodeDelivery(group);
  return logsOutcomeOf(result);
}

if (process.argv[2] === "logs") {
  for (const [what, make] of Object.entries(HOSTILE_LOGS)) console.log(`${what}: ${deliverLogs(make())}`);
} else {
  for (const [what, make] of Object.entries(HOSTILE)) console.log(`${what}: ${deliver(make())}`);
}
