import { useState } from "preact/hooks";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import { Section } from "../../ui/panel-frame.tsx";
import type { OffloadedValues } from "../content/offloaded-values.tsx";
import { count, duration } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { LogContent, LogName, SeverityWord } from "./log-entry.tsx";
import { lineOf } from "./log-line.ts";

/** Records shown in a span's panel. The session's list shows all. */
const SHOWN = 100;

/** A span's log records, each opened on demand. */
export function SpanLogs({
  records,
  start,
  values,
}: {
  records: readonly ViewRecord[];
  start: bigint;
  values: OffloadedValues;
}) {
  if (records.length === 0) return null;
  return (
    <Section title="Logs" note={count(records.length)}>
      <ol class="span-logs">
        {records.slice(0, SHOWN).map((view) => (
          <SpanLog key={view.key} view={view} start={start} values={values} />
        ))}
      </ol>
      {records.length > SHOWN ? (
        <p class="muted">{`${count(records.length - SHOWN)} more are in the session's logs`}</p>
      ) : null}
    </Section>
  );
}

/** The content is rendered when opened, because a span may have a hundred records. */
function SpanLog({ view, start, values }: { view: ViewRecord; start: bigint; values: OffloadedValues }) {
  const [state, setState] = useState<"folded" | "open">("folded");
  return (
    <li>
      <details onToggle={(event) => setState(event.currentTarget.open ? "open" : "folded")}>
        <summary>
          <SeverityWord record={view.record} />
          <LogName record={view.record} />
          <span class="log-line">
            <UntrustedText text={lineOf(view)} limit={200} />
          </span>
          {view.time === 0n ? null : (
            <time class="muted" title={exactly(toMillis(view.time))}>
              {view.time >= start ? `+${duration(view.time - start)}` : duration(view.time - start)}
            </time>
          )}
        </summary>
        {state === "open" ? <LogContent view={view} values={values} /> : null}
      </details>
    </li>
  );
}
