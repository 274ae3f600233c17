import { useState } from "preact/hooks";
import type { UpstreamListAnswer } from "../../api/upstream-schema.ts";
import { whyFailed } from "../../client/refusal.ts";
import { putUpstream } from "./requests.ts";

type Preset = UpstreamListAnswer["presets"][number];

const OTHER = "other";
const HINTS: Readonly<Record<string, string>> = {
  langfuse: "Basic, and the base64 of public key:secret key",
  honeycomb: "an ingest key",
};

type AddProps = {
  readonly presets: readonly Preset[];
  /** Names of upstreams that are there: one of them would be replaced. */
  readonly taken: readonly string[];
  /** The form is done: its owner shows another one. */
  readonly onAdded: (name: string) => void;
};

/** A form for an upstream, from a preset or of any other OTLP/HTTP receiver. */
export function AddUpstream({ presets, taken, onAdded }: AddProps) {
  const [preset, setPreset] = useState(presets[0]?.name ?? OTHER);
  const [fault, setFault] = useState("");
  const [isSending, setSending] = useState(false);
  const known = presets.find(({ name }) => name === preset);
  const groups = known?.headers ?? [];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const read = (name: string): string => {
      const value = fields.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const name = read("name") || preset;
    const headers = known === undefined ? read("headers") : headersOf(groups, read);
    const by = read("by");
    const body = {
      ...(known === undefined ? {} : { preset }),
      ...(read("endpoint") === "" ? {} : { endpoint: read("endpoint") }),
      headers,
      ...(by === "all" ? {} : { match: { [by]: read("value") } }),
      logs: fields.has("logs") ? "sent" : "omitted",
      metrics: fields.has("metrics") ? "sent" : "omitted",
    };
    setSending(true);
    putUpstream(name, body)
      .then(
        () => onAdded(name),
        (error: unknown) => setFault(whyFailed(error)),
      )
      .finally(() => setSending(false));
  };
  return (
    <form class="upstream-form" aria-labelledby="add-upstream" onSubmit={submit}>
      <h2 id="add-upstream">Add an upstream</h2>
      <label>
        Backend
        <select class="field" name="preset" value={preset} onChange={(event) => setPreset(event.currentTarget.value)}>
          {presets.map(({ name }) => (
            <option key={name} value={name}>
              {TITLES[name] ?? name}
            </option>
          ))}
          <option value={OTHER}>Another OTLP/HTTP receiver</option>
        </select>
      </label>
      <NameField preset={preset} taken={taken} />
      <label class="wide">
        Endpoint
        <input
          class="field"
          name="endpoint"
          type="url"
          required={known?.endpoint === undefined}
          placeholder={known?.endpoint ?? "http://collector:4318"}
        />
      </label>
      {known === undefined ? (
        <label class="wide">
          Headers
          <input class="field" name="headers" autocomplete="off" placeholder="name=value,name=value, percent-encoded" />
        </label>
      ) : (
        groups.map(([name = "", ...others]) => (
          <label key={`${preset} ${name}`} class="wide">
            {[name, ...others].join(" or ")}
            <input
              class="field"
              name={name}
              type="password"
              autocomplete="off"
              required
              placeholder={HINTS[preset] ?? ""}
            />
          </label>
        ))
      )}
      <MatchFields />
      <fieldset key={preset} class="wide">
        <legend>Beside traces</legend>
        <label>
          <input type="checkbox" name="logs" defaultChecked={preset === "spanfold"} />
          Log records
        </label>
        <label title="Passed on while their exporter waits: Spanfold does not store metrics">
          <input type="checkbox" name="metrics" />
          Metrics
        </label>
      </fieldset>
      <p class="actions wide">
        <button type="submit" class="button primary" disabled={isSending}>
          Add
        </button>
        <span role="alert">{fault}</span>
      </p>
    </form>
  );
}

function NameField({ preset, taken }: { preset: string; taken: readonly string[] }) {
  const [name, setName] = useState("");
  const isTaken = taken.includes(name.trim() || preset);
  return (
    <label>
      Name
      <input
        class="field"
        name="name"
        placeholder={preset}
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
        title="Letters, digits, dots, hyphens, underscores"
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      {isTaken ? <span class="muted">replaces the one of this name</span> : null}
    </label>
  );
}

function MatchFields() {
  const [by, setBy] = useState("all");
  return (
    <>
      <label>
        Which traces
        <select class="field" name="by" value={by} onChange={(event) => setBy(event.currentTarget.value)}>
          <option value="all">All</option>
          <option value="namespace">Of a namespace</option>
          <option value="service">Of a service</option>
        </select>
      </label>
      {by === "all" ? null : (
        <label>
          {by === "namespace" ? "Namespace" : "Service"}
          <input class="field" name="value" required />
        </label>
      )}
    </>
  );
}

function headersOf(groups: Preset["headers"], read: (name: string) => string): Record<string, string> {
  const entries = groups.map(([name = ""]) => [name, read(name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

const TITLES: Readonly<Record<string, string>> = {
  langfuse: "Langfuse",
  phoenix: "Phoenix",
  opik: "Opik",
  honeycomb: "Honeycomb",
  jaeger: "Jaeger",
  tempo: "Tempo",
  langsmith: "LangSmith",
  braintrust: "Braintrust",
  logfire: "Logfire",
  spanfold: "A second Spanfold",
};
