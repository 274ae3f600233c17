import { useState } from "preact/hooks";
import { randomHex } from "../../lib/random-hex.ts";
import { hasToken } from "../server.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { agentSettings } from "../../otel/agent-settings.ts";
import { ImportButton } from "./import/import-button.tsx";
import { Logo } from "../ui/icons.tsx";
import "./empty.css";

/** A placeholder for the deployment's write token, which only its owner knows. */
const TOKEN = "<INGEST_TOKEN>";

/** Instructions for the first export. The first session replaces them. */
export function EmptyList() {
  // Once for each mount: a command must not change while the reader selects it.
  const [command] = useState(() => firstSpan(hasToken.value ? ` -H 'authorization: Bearer ${TOKEN}'` : ""));
  const [chosen, choose] = useState(0);
  const agents = agentSettings(location.origin, hasToken.value ? TOKEN : undefined);
  const settings = agents[chosen];
  return (
    <div class="empty">
      <Logo />
      <h2>Waiting for the first span</h2>
      <p role="status">Point an agent or an OpenTelemetry exporter here. The first session appears here.</p>
      <fieldset class="switch agents">
        <legend class="visually-hidden">Settings for</legend>
        {agents.map(({ agent }, index) => (
          <button key={agent} type="button" aria-pressed={index === chosen} onClick={() => choose(index)}>
            {agent}
          </button>
        ))}
      </fieldset>
      {settings?.snippets.map(({ into, text }) => (
        <section key={`${settings.agent}/${into}`} class="snippet">
          <header>
            <h3>{into}</h3>
            <CopyButton text={() => text} label={`Copy: ${settings.agent}, ${into}`} word="Copy" />
          </header>
          <pre>{text}</pre>
        </section>
      ))}
      {settings?.note === undefined ? null : <p class="muted">{settings.note}</p>}
      <section class="snippet">
        <header>
          <h3>Or send one span</h3>
          <CopyButton text={() => command} label="Copy the command" word="Copy" />
        </header>
        <pre>{command}</pre>
      </section>
      <p class="muted">
        <code>npx spanfold demo</code> sends sample sessions of a team of agents, in a clone <code>npm run demo</code>.
      </p>
      <p class="actions">
        <ImportButton />
        <span class="muted">or drop a file here: OTLP/JSON, JSON lines, or Jaeger's JSON.</span>
      </p>
    </div>
  );
}

/** A tool call that ended just now, as one line of curl. */
function firstSpan(header: string): string {
  const end = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: randomHex(16),
    spanId: randomHex(8),
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
