import { sessionPath } from "../../address/address.ts";
import type { QuerySummary } from "../../../session/summary.ts";
import type { RerunView, RerunViewProps } from "./views.tsx";
import { lazily } from "../../ui/lazy.tsx";
import { useState } from "preact/hooks";
import { takeWanted } from "./wanted.ts";
import "./rerun.css";

const Views = lazily<RerunViewProps>(async () => (await import("./views.tsx")).RerunViewOf);

const VIEWS = [
  ["request", "Request"],
  ["manifest", "Ark manifest"],
  ["resume", "Where it stopped"],
] as const satisfies readonly (readonly [RerunView, string])[];

export type RunAgainProps = {
  readonly sessionId: string;
  readonly query: QuerySummary;
  readonly onSelect: (key: string) => void;
};

/** The request, manifest and resume point of a query, loaded when opened. */
export function RunAgain({ sessionId, query, onSelect }: RunAgainProps) {
  const [open, setOpen] = useState(() => takeWanted(query.key));
  const [view, setView] = useState<RerunView>("request");
  const url = `${sessionPath(sessionId)}/queries/${encodeURIComponent(query.key)}`;
  return (
    <details class="section" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>Run again</h3>
        <span class="muted">request, manifest, where it stopped</span>
      </summary>
      {open ? (
        <div class="rerun">
          <nav class="switch" aria-label="Run again">
            {VIEWS.map(([name, word]) => (
              <button key={name} type="button" aria-pressed={name === view} onClick={() => setView(name)}>
                {word}
              </button>
            ))}
          </nav>
          <Views.Part
            view={view}
            url={url}
            name={query.name}
            onSpan={(spanId) => onSelect(`${query.traceId}:${spanId}`)}
          />
        </div>
      ) : null}
    </details>
  );
}
