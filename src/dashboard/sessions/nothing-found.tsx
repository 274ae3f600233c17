import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Link } from "../ui/link.tsx";
import { Notice } from "../frame/page-state.tsx";
import { statusWord } from "../ui/status.tsx";
import { isNarrowed, type ListView, widened } from "../address/list-view.ts";
import { fieldWord } from "./toolbar/filters.tsx";
import { timeWords } from "./toolbar/time-choice.ts";

/** Where no session is shown: what was asked for, and how to ask for less. */
export function NothingFound({ view }: { view: ListView }) {
  if (isNarrowed(view)) return <NothingMatches view={view} />;
  if (view.kind !== "session") return <Notice title="Nothing of this kind is here" />;
  return (
    <Notice title="No session is here">
      <p>Spans have arrived, but none that is kept is part of a session, a query, an agent, a model or a tool call.</p>
      <Link class="button" to={{ page: "list", view: { ...view, kind: "all" } }}>
        Show everything
      </Link>
    </Notice>
  );
}

function NothingMatches({ view }: { view: ListView }) {
  const time = timeWords(view);
  const conditions: readonly (readonly [name: string, value: string])[] = [
    ["Words", view.search.trim()],
    ["Status", view.statuses.map(statusWord).join(" or ")],
    ...view.names.map(([field, name]) => [fieldWord(field), name] as const),
    ["Time", time],
    ["Kind", view.kind === "all" ? "" : view.kind === "session" ? "sessions" : "bare traces"],
  ];
  return (
    <Notice title="No session matches">
      <dl class="conditions">
        {conditions
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={`${name}/${value}`}>
              <dt>{name}</dt>
              <dd>
                <UntrustedText text={value} />
              </dd>
            </div>
          ))}
      </dl>
      {view.search.trim() === "" ? null : (
        <p class="muted">
          Each word is looked for at the beginning of words, in titles, inputs, names and errors. What matches later
          appears here by itself.
        </p>
      )}
      <p class="actions">
        <Link class="button" to={{ page: "list", view: widened(view) }}>
          Clear search and filters
        </Link>
        {view.kind === "all" ? null : (
          <Link class="button" to={{ page: "list", view: { ...view, kind: "all" } }}>
            Include bare traces
          </Link>
        )}
      </p>
    </Notice>
  );
}
