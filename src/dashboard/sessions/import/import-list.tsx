import { Link } from "../../ui/link.tsx";
import { Icon } from "../../ui/icons.tsx";
import { bytes, count, counted } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { Imported } from "../../../client/import-answer.ts";
import { dismissImports, type ImportJob, imports, isOver } from "./imports.ts";
import "../../frame/deletion.css";

/** Session links shown for one file. The list contains the others. */
const MOST_LINKS = 8;

/** The state of each import, on every page. */
export function ImportList() {
  const jobs = imports.value;
  if (jobs.length === 0) return null;
  return (
    <section class="corner-note imports" aria-label="Import">
      <header>
        <h2>{jobs.every(isOver) ? "Imported" : "Importing"}</h2>
        <button
          type="button"
          class="button bare"
          aria-label="Close"
          title="Close"
          disabled={!jobs.some(isOver)}
          onClick={dismissImports}
        >
          <Icon name="close" />
        </button>
      </header>
      <ul>
        {jobs.map((job) => (
          <li key={job.id}>
            <p class="import-name">
              <UntrustedText text={job.name} limit={120} />
              <span class="muted">{bytes(job.bytes)}</span>
            </p>
            <State state={job.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function State({ state }: Pick<ImportJob, "state">) {
  if (state === "waiting") return <p class="muted">Queued</p>;
  if ("sent" in state) {
    return (
      <p class="muted" role="status">
        <progress max="1" {...(state.sent < 1 ? { value: state.sent } : {})} aria-label="Sent" />
        {state.sent < 1 ? `${count(Math.floor(state.sent * 100))} % sent` : "Processing"}
      </p>
    );
  }
  if (state.outcome === "imported") return <ImportedView imported={state} />;
  return (
    <>
      <p class="bad" role="alert">
        <Icon name="error" />
        {state.imported === undefined ? "Not imported: " : "Imported in part: "}
        <UntrustedText text={state.why} limit={600} />
      </p>
      {state.imported === undefined ? null : <ImportedView imported={state.imported} />}
    </>
  );
}

function ImportedView({ imported }: { imported: Imported }) {
  const { spans, logRecords, sessions, rejected } = imported;
  const parts = [
    spans > 0 || logRecords === 0 ? counted(spans, "span") : "",
    logRecords > 0 ? counted(logRecords, "log record") : "",
  ].filter(Boolean);
  return (
    <div role="status">
      <p>{`${parts.join(" and ")} in ${counted(sessions.length, "session")}`}</p>
      {rejected === undefined ? null : (
        <p class="bad">
          <Icon name="error" />
          {rejected.count > 0 ? `${count(rejected.count)} rejected` : "Some were rejected"}
          {rejected.reason === "" ? null : (
            <>
              {": "}
              <UntrustedText text={rejected.reason} limit={400} />
            </>
          )}
        </p>
      )}
      <ul class="import-sessions">
        {sessions.slice(0, MOST_LINKS).map((id) => (
          <li key={id}>
            <Link to={{ page: "session", id, span: undefined }}>
              <UntrustedText text={id} limit={80} />
            </Link>
          </li>
        ))}
        {sessions.length > MOST_LINKS ? (
          <li class="muted">{`and ${count(sessions.length - MOST_LINKS)} more in the list`}</li>
        ) : null}
      </ul>
    </div>
  );
}
