import { useState } from "preact/hooks";
import { bytesInHex } from "../../lib/hex.ts";
import { exporterVariables } from "../../otel/exporter-variables.ts";
import { hasToken } from "../server.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { ImportButton } from "./import/import-button.tsx";
import { Logo } from "../ui/icons.tsx";

/** A placeholder for the deployment's write token, which only its owner knows. */
const TOKEN = "<INGEST_TOKEN>";

/** Instructions for the first export. The first session replaces them. */
export function EmptyList() {
  // Once for each mount: a command must not change while the reader selects it.
  const [command] = useState(() => firstSpan(hasToken.value ? ` -H 'authorization: Bearer ${TOKEN}'` : ""));
  const variables = exporterVariables(location.origin, hasToken.value ? TOKEN : undefined);
  const exports = (): string => variables.map(([name, value]) => `export ${name}=${value}`).join("\n");
  return (
    <div class="empty">
      <Logo />
      <h2>Waiting for the first span</h2>
      <p>Point an OpenTelemetry exporter here. The first session appears here.</p>
      <section class="snippet">
        <header>
          <h3>Environment variables</h3>
          <CopyButton text={exports} label="Copy the variables" word="Copy" />
        </header>
        <dl>
          {variables.map(([name, value]) => (
            <div key={name}>
              <dt>{breakable(name)}</dt>
              <dd>{value}</dd>
              <CopyButton text={() => `${name}=${value}`} label={`Copy ${name}`} />
            </div>
          ))}
        </dl>
      </section>
      <section class="snippet">
        <header>
          <h3>Or send one span</h3>
          <CopyButton text={() => command} label="Copy the command" word="Copy" />
        </header>
        <pre>{command}</pre>
      </section>
      <p class="muted">
        In a clone of the project, <code>npm run demo</code> sends sample sessions of a team of agents.
      </p>
      <p class="actions">
        <ImportButton />
        <span class="muted">or drop a file here: OTLP/JSON, JSON lines, or Jaeger's JSON.</span>
      </p>
    </div>
  );
}

/** A name that may wrap after each of its words. */
const breakable = (name: string) => name.split(/(?<=_)/).flatMap((word) => [word, <wbr key={word} />]);

/** A tool call that ended just now, as one line of curl. */
function firstSpan(header: string): string {
  const hex = (bytes: number): string => bytesInHex(crypto.getRandomValues(new Uint8Array(bytes)));
  const end = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: hex(16),
    spanId: hex(8),
    name: "tool.hello",
    startTimeUnixNano: String(end - 1_200_000_000n),
    endTimeUnixNano: String(end),
    attributes: [
      { key: "gen_ai.tool.name", value: { stringValue: "hello" } },
      { key: "session.id", value: { stringValue: "by-hand" } },
    ],
  };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  return `curl ${location.origin}/v1/traces -H 'Content-Type: application/json'${header} -d '${body}'`;
}
