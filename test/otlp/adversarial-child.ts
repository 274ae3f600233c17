// Decodes and encodes each adversarial body in this process. The test limits its heap: past the limit Node aborts.
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import { ADVERSARIAL_TRACES, ADVERSARIAL_LOGS, type AdversarialBody } from "./adversarial-bodies.ts";
import { outcomeOf as logsOutcomeOf } from "./logs/log-requests.ts";
import { outcomeOf } from "./requests.ts";

/** A separate function, so that no object of a body outlives the call. */
function deliver({ encoding, bytes }: AdversarialBody): string {
  const result = decodeTraces(bytes, encoding);
  if (result.ok) for (const group of result.value.groups) encodeDelivery(group);
  return outcomeOf(result);
}

function deliverLogs({ encoding, bytes }: AdversarialBody): string {
  const result = decodeLogs(bytes, encoding);
  if (result.ok) for (const group of result.value.groups) encodeDelivery(group);
  return logsOutcomeOf(result);
}

if (process.argv[2] === "logs") {
  for (const [what, make] of Object.entries(ADVERSARIAL_LOGS)) console.log(`${what}: ${deliverLogs(make())}`);
} else {
  for (const [what, make] of Object.entries(ADVERSARIAL_TRACES)) console.log(`${what}: ${deliver(make())}`);
}
