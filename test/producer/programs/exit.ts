/** Makes spans and ends as the argument says, once it may: meanwhile the fork's receiver does not answer. */
import { startTelemetry, withSpan } from "../../../packages/producer/src/index.ts";

const [, , way, endpoint = "", millis] = process.argv;
const telemetry = startTelemetry(undefined, { forks: [{ endpoint, timeoutMillis: Number(millis) }] });
for (let n = 0; n < 3; n++) withSpan(`s${n}`, {}, () => {});
process.once("message", () => {
  console.log("done");
  if (way === "exits") process.exit(0);
  process.disconnect();
  if (way === "shuts down") void telemetry.shutdown();
});
