import { useLayoutEffect } from "preact/hooks";
import { go } from "../../address/location.ts";
import { ALL_LOGS } from "../../address/log-view.ts";
import type { ReadingProps } from "../reading-props.ts";
import { LogRows } from "./log-rows.tsx";

/** A session's log records by time. */
export function LogsReading({ displayed, whole, here, order }: ReadingProps) {
  const open = (key: string | undefined): void =>
    go({ ...here, view: "logs", log: key, span: undefined }, here.log === undefined ? "push" : "replace");
  // Log records are no spans: the keys of rows are handled by the list itself.
  useLayoutEffect(() => {
    order.current = undefined;
  }, [order]);
  return (
    <LogRows
      records={displayed.logs}
      view={here.logs ?? ALL_LOGS}
      here={here}
      sessionStart={whole.tree.start}
      selected={here.log}
      onOpen={open}
    />
  );
}
