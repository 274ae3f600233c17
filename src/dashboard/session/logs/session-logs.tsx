import type { SessionTree } from "../../../session/tree/tree.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import type { SessionAddress } from "../../address/address.ts";
import { go } from "../../address/location.ts";
import { keyOf, SESSION_KEYS } from "../../keymap.ts";
import { Icon } from "../../ui/icons.tsx";
import { findRow } from "../timeline/reading.ts";
import { count } from "../../../lib/figures.ts";
import { LogPanel } from "./log-panel.tsx";
import { LogRows } from "./log-rows.tsx";
import { ALL_LOGS, type LogView } from "../../address/log-view.ts";

export function toggleLogs(here: SessionAddress): void {
  go({ ...here, log: undefined, logs: here.logs === undefined ? ALL_LOGS : undefined });
}

/** Switches between spans and log records. Hidden if there are no records. */
export function LogsButton({ records, here }: { records: readonly ViewRecord[]; here: SessionAddress }) {
  if (records.length === 0 && here.logs === undefined) return null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={here.logs !== undefined}
      title={`Show log records instead of spans (${keyOf(SESSION_KEYS, "logs")})`}
      onClick={() => toggleLogs(here)}
    >
      <Icon name="logs" />
      {`Logs ${count(records.length)}`}
    </button>
  );
}

type LogsProps = {
  readonly records: readonly ViewRecord[];
  readonly view: LogView;
  readonly here: SessionAddress;
  readonly tree: SessionTree;
  /** Unix nanoseconds. */
  readonly sessionStart: bigint;
};

/** A session's log records, and the panel of the open one. */
export function SessionLogs({ records, view, here, tree, sessionStart }: LogsProps) {
  const record = here.log === undefined ? undefined : records.find(({ key }) => key === here.log);
  const open = (key: string | undefined): void =>
    go({ ...here, log: key, span: undefined }, here.log === undefined ? "push" : "replace");
  return (
    <>
      <LogRows
        records={records}
        view={view}
        here={here}
        sessionStart={sessionStart}
        selected={here.log}
        onOpen={open}
      />
      {record === undefined || here.span !== undefined ? null : (
        <LogPanel
          key={record.key}
          view={record}
          sessionId={here.id}
          span={record.subject === "" ? undefined : findRow(tree, `${record.traceId}:${record.subject}`)}
          onSpan={(key) => go({ ...here, log: undefined, span: key })}
          onClose={() => open(undefined)}
        />
      )}
    </>
  );
}
