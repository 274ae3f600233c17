import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Link } from "../ui/link.tsx";
import { Notice } from "../frame/page-state.tsx";
import { statusWord } from "../../session/liveness.ts";
import { isNarrowed, type ListView, widened } from "../address/list-view.ts";
import { fieldWord } from "./toolbar/chips.tsx";
import { timeWords } from "./toolbar/time-choice.ts";

/** Shown for an empty list: its filters, and links that remove them. */
export function NothingFound({ view }: { view: ListView }) {
  if (isNarrowed(view)) return <NothingMatches view={view} />;
  if (view.kind !== "session") return <Notice title="No traces of this kind" />;
  return (
    <Notice title="No sessions">
      <p>Spans were received, but none belongs to a session, a turn, an agent, a model call or a tool call.</p>
      <Link class="button" to={{ page: "list", view: { ...view, kind: "all" } }}>
        Show all traces
      </Link>
    </Notice>
  );
}

function NothingMatches({ view }: { view: ListView }) {
  const time = timeWords(view);
  const conditions: readonly (readonly [name: string, value: string])[] = [
    ["Search", view.search.trim()],
    ["Status", view.statuses.map(statusWord).join(" or ")],
    ...view.names.map(([field, name]) => [fieldWord(field), name] as const),
    ["Time", time],
    ["Kind", view.kind === "all" ? "" : view.kind === "session" ? "sessions" : "other traces"],
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
          Search matches the beginnings of words in titles, inputs, names and errors. New matches appear here.
        </p>
      )}
      <p class="actions">
        <Link class="button" to={{ page: "list", view: widened(view) }}>
          Clear search and filters
        </Link>
        {view.kind === "all" ? null : (
          <Link class="button" to={{ page: "list", view: { ...view, kind: "all" } }}>
            Include other traces
          </Link>
        )}
      </p>
    </Notice>
  );
}
