/** Asks a real OTLP/HTTP receiver: sends one marked span in each encoding, plain and compressed, and shows what comes back. */
import { fetchTransport } from "../src/sinks/http/fetch-transport.ts";
import { readUpstream } from "../src/sinks/upstreams/read-settings.ts";
import { sendTest } from "../src/sinks/upstreams/send-test.ts";

const USAGE = `npm run check:upstream -- URL [preset]
  Headers stand in OTEL_EXPORTER_OTLP_HEADERS: name=value,name=value, percent-encoded.`;

const [endpoint, preset] = process.argv.slice(2);
const given = endpoint === undefined ? undefined : read(endpoint);
if (given === undefined) {
  console.error(USAGE);
  process.exit(64);
}
if (!given.ok) {
  console.error(`${given.error}.`);
  process.exit(64);
}
const { settings, headers = {} } = given;
for (const protocol of ["http/protobuf", "http/json"] as const)
  for (const compression of ["none", "gzip"] as const) {
    const upstream = {
      name: "check",
      settings: { ...settings, protocol, compression },
      headers,
      headerNames: Object.keys(headers),
      since: 0,
    };
    const { outcome, status, reason, millis } = await sendTest(upstream, "spanfold-check", fetchTransport);
    const answered = status === undefined ? "no answer" : `status ${status}`;
    const why = reason === undefined ? "" : `: ${reason}`;
    console.log(`${protocol}, ${compression}: ${outcome}, ${answered}, ${millis} ms${why}`);
    if (outcome !== "accepted") process.exitCode = 1;
  }

function read(url: string) {
  const list = process.env["OTEL_EXPORTER_OTLP_HEADERS"];
  const body = {
    endpoint: url,
    ...(preset === undefined ? {} : { preset }),
    ...(list === undefined ? {} : { headers: list }),
  };
  return readUpstream(body, "allowed");
}
