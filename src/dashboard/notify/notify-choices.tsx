import { useState } from "preact/hooks";
import { whyFailed } from "../../client/refusal.ts";
import { BASE } from "../address/address.ts";
import { permission } from "./permission.ts";
import {
  hasSubject,
  type Preferences,
  preferences,
  setPreferences,
  type Subject,
  watchedStatuses,
  withSubject,
} from "./preferences.ts";
import { isPushed, mayPush, startPush, stopPush } from "./push.ts";

export type NotifyChoicesProps = { readonly subject: Subject; readonly onDone: () => void };

const ALSO: readonly (readonly [Preferences["also"][number], string])[] = [
  ["failed", "when one failed"],
  ["finished", "when one finished"],
];

/** What a reader is notified of, or why not; and the other targets. */
export function NotifyChoices({ subject, onDone }: NotifyChoicesProps) {
  const isOn = permission.value === "granted" && hasSubject(preferences.value, subject);
  return (
    <>
      {isOn ? <Choices subject={subject} onDone={onDone} /> : <WhyNot />}
      {BASE === "" ? <OthersToo onDone={onDone} /> : null}
    </>
  );
}

/** Opens the rules by which other people and programs are notified. */
function OthersToo({ onDone }: Pick<NotifyChoicesProps, "onDone">) {
  const [why, setWhy] = useState<string>();
  const open = (): void => {
    import("./alerts-dialog.tsx").then(
      ({ openAlerts }) => {
        onDone();
        openAlerts();
      },
      () => setWhy("This part of the page could not be loaded. Reload the page."),
    );
  };
  return (
    <p>
      <button type="button" class="link" onClick={open}>
        Webhooks, Slack, Teams…
      </button>
      {why === undefined ? null : <span role="alert">{why}</span>}
    </p>
  );
}

function Choices({ subject, onDone }: NotifyChoicesProps) {
  const { also, all } = preferences.value;
  const choose = (status: Preferences["also"][number], choice: boolean): void => {
    const others = also.filter((known) => known !== status);
    setPreferences({ ...preferences.peek(), also: choice ? [...others, status] : others });
  };
  return (
    <>
      <p>
        <strong>{subject === "all" ? "Notifications of all sessions" : "Notifications of this session"}</strong>
      </p>
      <label>
        <input type="checkbox" checked disabled />
        when one needs an answer, with the question
      </label>
      {ALSO.map(([status, words]) => (
        <label key={status}>
          <input
            type="checkbox"
            checked={also.includes(status)}
            onChange={(event) => choose(status, event.currentTarget.checked)}
          />
          {words}
        </label>
      ))}
      <p class="muted">
        {subject !== "all" && all
          ? "All sessions notify you, this one too."
          : isPushed.value
            ? "For all sessions with notifications."
            : "For all sessions with notifications, as long as a tab of this page is open."}
      </p>
      {mayPush ? <PushChoice /> : null}
      <p>
        <button
          type="button"
          class="button"
          onClick={() => {
            const left = withSubject(preferences.peek(), subject, "off");
            setPreferences(left);
            if (watchedStatuses(left).length === 0) void stopPush();
            onDone();
          }}
        >
          Turn off
        </button>
      </p>
    </>
  );
}

/** Lets the push service of the browser's maker notify. */
function PushChoice() {
  const [state, setState] = useState<{ readonly busy?: true; readonly why?: string }>({});
  const choose = (choice: boolean): void => {
    setState({ busy: true });
    (choice ? startPush(preferences.peek()) : stopPush()).then(
      () => setState({}),
      (error: unknown) => setState({ why: whyFailed(error) }),
    );
  };
  return (
    <>
      <label>
        <input
          type="checkbox"
          checked={isPushed.value}
          disabled={state.busy}
          onChange={(event) => choose(event.currentTarget.checked)}
        />
        also when this page is closed
      </label>
      {state.why === undefined ? null : <p role="alert">This browser can’t be notified by push: {state.why}</p>}
    </>
  );
}

function WhyNot() {
  switch (permission.value) {
    case "denied":
      return (
        <p role="alert">
          {`This browser blocks notifications of ${location.host}. Allow them in its settings for this site, then try again.`}
        </p>
      );
    case "absent":
      return <p role="alert">Browsers show notifications only of pages over HTTPS or of this machine.</p>;
    case "default":
      return (
        <p role="status">
          The browser asks whether this page may show notifications. Without permission there are none.
        </p>
      );
    case "granted":
      return <p role="status">Notifications are off.</p>;
  }
}
