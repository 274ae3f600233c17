import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AlertAnswer, AlertListAnswer, AlertTestAnswer } from "../../api/alert-schema.ts";
import { whyFailed } from "../../client/refusal.ts";
import { STATE_WORDS } from "../../session/list/state-change.ts";
import { useAnswer } from "../answer.ts";
import { send } from "../send.ts";
import { Icon } from "../ui/icons.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { AlertForm, FORMATS } from "./alert-form.tsx";
import "../ui/dialog.css";
import "./alerts.css";

const PATH = "/admin/alerts";

/** Above the page, whose parts do not know it: its code is loaded when it is opened. */
export function openAlerts(): void {
  const place = document.body.appendChild(document.createElement("div"));
  const close = (): void => {
    render(null, place);
    place.remove();
  };
  render(<AlertsDialog onClose={close} />, place);
}

/** The webhooks that are notified, and of what. */
function AlertsDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [version, setVersion] = useState(0);
  const changed = (): void => {
    // Else the focus is lost with the row that was removed, and keys go to the page below.
    dialog.current?.focus();
    setVersion((before) => before + 1);
  };
  return (
    <dialog
      ref={dialog}
      class="shortcuts alerts"
      tabIndex={-1}
      aria-labelledby="alerts-title"
      onClose={onClose}
      {...{ closedby: "any" }}
    >
      <div class="alerts-body">
        <h2 id="alerts-title">Alerts by webhook</h2>
        <button type="button" class="button bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
        <AlertList key={version} onChange={changed} />
        <AlertForm onSave={changed} />
      </div>
    </dialog>
  );
}

const readList = async (response: Response): Promise<AlertListAnswer["alerts"]> =>
  ((await response.json()) as AlertListAnswer).alerts;

function AlertList({ onChange }: { onChange: () => void }) {
  const answer = useAnswer(PATH, "application/json", readList);
  if (answer.state === "reading") return <p class="muted">Loading…</p>;
  if (answer.state === "failed") return <p role="alert">{`Alerts can’t be shown: ${answer.why}`}</p>;
  const webhooks = answer.value.filter(({ format }) => format !== "push");
  if (webhooks.length === 0) return <p class="muted">There is none yet.</p>;
  return (
    <ul>
      {webhooks.map((alert) => (
        <AlertRow key={alert.name} alert={alert} onChange={onChange} />
      ))}
    </ul>
  );
}

function AlertRow({ alert, onChange }: { alert: AlertAnswer; onChange: () => void }) {
  const [outcome, setOutcome] = useState<string>();
  const { name, format, host, state, reason, delivered, pending, refused } = alert;
  const url = `${PATH}/${encodeURIComponent(name)}`;
  const test = (): void => {
    setOutcome("Sending…");
    void testOutcome(`${url}/test`).catch(whyFailed).then(setOutcome);
  };
  const remove = (): void => {
    send(url, "DELETE").then(onChange, (error: unknown) => setOutcome(whyFailed(error)));
  };
  return (
    <li>
      <p>
        <strong>{name}</strong> <UntrustedText text={eventsText(alert)} limit={600} />
      </p>
      <p class="muted">
        {`${FORMATS[format] ?? format} at ${host} · ${state}`}
        {reason === undefined ? null : (
          <>
            {": "}
            <UntrustedText text={reason} limit={600} />
          </>
        )}
        {` · ${delivered} delivered, ${pending} pending, ${refused} refused`}
      </p>
      {outcome === undefined ? null : <p role="status">{outcome}</p>}
      <span class="alerts-actions">
        <button type="button" class="button" onClick={test}>
          Test
        </button>
        <button type="button" class="button danger" aria-label={`Remove ${name}`} onClick={remove}>
          Remove
        </button>
      </span>
    </li>
  );
}

const FAILURES = {
  retry: "Not accepted; an alert would be sent again",
  refused: "Refused; an alert would not be sent again",
} as const;

async function testOutcome(url: string): Promise<string> {
  const { outcome, reason, status, millis } = (await send(url, "POST")) as AlertTestAnswer;
  const answered = status === undefined ? "no answer" : `status ${status}`;
  return outcome === "accepted"
    ? `Arrived: ${answered} after ${millis} ms`
    : `${FAILURES[outcome]}: ${reason ?? answered}`;
}

/** "needs you, failed, over $5, longer than 60 min · agent=planner". */
function eventsText({ on, cost, duration, filter, sessions }: AlertAnswer): string {
  const events = [
    ...on.map((status) => STATE_WORDS[status].toLowerCase()),
    ...(cost === undefined ? [] : [`over $${cost}`]),
    ...(duration === undefined ? [] : [`longer than ${duration / 60} min`]),
  ];
  const scope = [filter, ...(sessions ?? [])].filter((text) => text !== undefined && text !== "");
  return `${events.join(", ")}${scope.length === 0 ? "" : ` · ${scope.join(", ")}`}`;
}
