/** Makes spans and ends as the argument says, while the fork's receiver never answers. */
import { startTelemetry, withSpan } from "../../../packages/producer/src/index.ts";

const telemetry = startTelemetry();
for (let n = 0; n < 3; n++) withSpan(`s${n}`, {}, () => {});
// By then the fork waits for an answer, in the middle of a batch.
setTimeout(() => {
  console.log("done");
  if (process.argv[2] === "exits") process.exit(0);
  if (process.argv[2] === "shuts down") void telemetry.shutdown();
}, 500);
