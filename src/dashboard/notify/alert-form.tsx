import { useState } from "preact/hooks";
import { whyFailed } from "../../client/refusal.ts";
import { ALERT_STATUSES, type AlertStatus } from "../../session/contract/alerts.ts";
import { send } from "../send.ts";
import { CopyButton } from "../ui/copy-button.tsx";

const WORDS: Readonly<Record<AlertStatus, string>> = {
  waiting: "needs an answer",
  stalled: "stalls",
  failed: "failed",
  finished: "finished",
};

/** The formats of webhooks. */
export const FORMATS: Readonly<Record<string, string>> = {
  standard: "Standard Webhooks",
  slack: "Slack",
  teams: "Teams",
};

const SECRET_BYTES = 32;

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** Sets one alert. The secret is made here, shown once, and never comes back from the server. */
export function AlertForm({ onSave }: { onSave: () => void }) {
  const [format, setFormat] = useState("standard");
  const [secret, setSecret] = useState(newSecret);
  const [outcome, setOutcome] = useState<{ readonly words: string; readonly role: "alert" | "status" }>();
  const save = async (form: HTMLFormElement): Promise<void> => {
    const { name, body } = bodyOf(new FormData(form), format, secret);
    try {
      await send(`/admin/alerts/${encodeURIComponent(name)}`, "PUT", body);
    } catch (error) {
      return setOutcome({ words: whyFailed(error), role: "alert" });
    }
    form.reset();
    setSecret(newSecret());
    setFormat("standard");
    setOutcome({ words: `${name} is set.`, role: "status" });
    onSave();
  };
  return (
    <form
      class="alerts-form"
      aria-label="New alert"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <label>
        <span>Name</span>
        <input
          class="field"
          name="name"
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          maxLength={63}
          placeholder="on-call"
        />
      </label>
      <label>
        <span>Format</span>
        <select class="field" name="format" value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
          {Object.entries(FORMATS).map(([name, word]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label class="alerts-wide">
        <span>URL</span>
        <input class="field" name="url" type="url" required placeholder="https://" />
      </label>
      {format === "standard" ? (
        <p class="alerts-wide alerts-secret">
          <span>Secret, for the receiver, shown once</span>
          <code>{secret}</code>
          <CopyButton text={() => secret} label="Copy the secret" />
        </p>
      ) : null}
      <fieldset class="alerts-wide">
        <legend>When a session</legend>
        {ALERT_STATUSES.map((status) => (
          <label key={status}>
            <input type="checkbox" name="on" value={status} defaultChecked={status === "waiting"} />
            {WORDS[status]}
          </label>
        ))}
      </fieldset>
      <label>
        <span>or costs more than, $</span>
        <input class="field" name="cost" type="number" min="0.001" step="any" />
      </label>
      <label>
        <span>or takes longer than, minutes</span>
        <input class="field" name="minutes" type="number" min="1" />
      </label>
      <label class="alerts-wide">
        <span>Of sessions with this query; empty: all</span>
        <input class="field" name="filter" placeholder="agent=planner&q=deploy" />
      </label>
      <label class="alerts-wide alerts-check">
        <input type="checkbox" name="question" />
        with the question’s text
      </label>
      {outcome === undefined ? null : (
        <p class="alerts-wide" role={outcome.role}>
          {outcome.words}
        </p>
      )}
      <button type="submit" class="button primary">
        Set
      </button>
    </form>
  );
}

function bodyOf(form: FormData, format: string, secret: string): { readonly name: string; readonly body: object } {
  const text = (field: string): string => {
    const value = form.get(field);
    return typeof value === "string" ? value.trim() : "";
  };
  const [cost, minutes, filter] = [text("cost"), text("minutes"), text("filter").replace(/^\?/, "")];
  return {
    name: text("name"),
    body: {
      on: form.getAll("on"),
      url: text("url"),
      format,
      ...(format === "standard" ? { secret } : {}),
      ...(cost === "" ? {} : { cost: Number(cost) }),
      ...(minutes === "" ? {} : { duration: Number(minutes) * 60 }),
      ...(filter === "" ? {} : { filter }),
      question: form.has("question") ? "included" : "omitted",
    },
  };
}
