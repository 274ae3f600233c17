import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { NAME_FIELDS, type NameField } from "../../../session/list/search-text.ts";
import type { SessionSummary } from "../../../session/summary.ts";
import type { ListView, NameChoice } from "../../address/list-view.ts";
import { go } from "../../address/location.ts";
import { oneLine } from "../../ui/untrusted-text.tsx";
import { fieldWord } from "./chips.tsx";
import { fromLocalInput, toLocalInput } from "./local-input.ts";
import { SPANS_OF_TIME } from "./time-choice.ts";

/** The server accepts no longer name. */
const LONGEST = 256;
/** Names suggested for a field. */
const MOST_OFFERED = 100;

export type FilterFormProps = {
  readonly view: ListView;
  /** Their names are offered. */
  readonly sessions: readonly SessionSummary[];
  readonly onDone: () => void;
};

/** Chooses filters. */
export function FilterForm({ view, sessions, onDone }: FilterFormProps) {
  const place = useRef<HTMLFormElement>(null);
  // Before the form is painted, so that the focus does not move under a fast reader.
  useLayoutEffect(() => place.current?.querySelector<HTMLElement>("input, select")?.focus(), []);
  const named = SPANS_OF_TIME.some(([since]) => since === view.since) && view.until === "";
  const isCustom = !named && (view.since !== "" || view.until !== "");
  const [time, setTime] = useState(isCustom ? "custom" : view.since);
  const apply = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const chosen = NAME_FIELDS.map((field): NameChoice => [field, text(field)]).filter(([, name]) => name !== "");
    const names = [...view.names, ...chosen.filter((choice) => !view.names.some((known) => isSame(known, choice)))];
    const bounds =
      time === "custom"
        ? { since: fromLocalInput(text("since")), until: fromLocalInput(text("until")) }
        : { since: time, until: "" };
    go({ page: "list", view: { ...view, names, ...bounds } });
    onDone();
  };
  return (
    <form ref={place} class="filters-form" aria-label="Filter" onSubmit={apply}>
      {NAME_FIELDS.map((field) => (
        <NameInput key={field} field={field} sessions={sessions} />
      ))}
      <label>
        <span>Time</span>
        <select class="field" value={time} onChange={(event) => setTime(event.currentTarget.value)}>
          <option value="">Any time</option>
          {SPANS_OF_TIME.map(([since, words]) => (
            <option key={since} value={since}>
              {words}
            </option>
          ))}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {time === "custom" ? (
        <>
          <label>
            <span>From</span>
            <input class="field" type="datetime-local" name="since" defaultValue={toLocalInput(view.since)} />
          </label>
          <label>
            <span>To</span>
            <input class="field" type="datetime-local" name="until" defaultValue={toLocalInput(view.until)} />
          </label>
        </>
      ) : null}
      <p class="muted">Exact names. A session must match all of them.</p>
      <div class="filters-done">
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Apply
        </button>
      </div>
    </form>
  );
}

const isSame = ([field, name]: NameChoice, [otherField, otherName]: NameChoice): boolean =>
  field === otherField && name === otherName;

function NameInput({ field, sessions }: { field: NameField; sessions: readonly SessionSummary[] }) {
  const id = useId();
  return (
    <label>
      <span>{fieldWord(field)}</span>
      <input
        class="field"
        name={field}
        list={id}
        maxLength={LONGEST}
        spellcheck={false}
        autocomplete="off"
        placeholder={field === "model" ? "gpt-4.1" : "Name"}
      />
      <datalist id={id}>
        {offered(field, sessions).map((name) => (
          <option key={name} value={name}>
            {oneLine(name, 80)}
          </option>
        ))}
      </datalist>
    </label>
  );
}

/** Names in the loaded sessions. Others may exist. */
function offered(field: NameField, sessions: readonly SessionSummary[]): readonly string[] {
  const names = new Set<string>();
  for (const session of sessions) {
    for (const name of namesOf(field, session)) if (name !== "" && name.length <= LONGEST) names.add(name);
    if (names.size >= MOST_OFFERED) break;
  }
  return [...names].sort();
}

function namesOf(field: NameField, session: SessionSummary): readonly string[] {
  switch (field) {
    case "namespace":
      return session.namespaces;
    case "service":
      return session.services;
    case "agent":
    case "model":
    case "tool":
      return session[`${field}s`].map(({ name }) => name);
  }
}
