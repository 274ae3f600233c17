import * as v from "valibot";
import type { OwnedPlace } from "../session/contract/owned-traces.ts";
import { readMoment } from "./moment.ts";
import { textParameter } from "./parameter.ts";

/** A place between two lines of an export. */
export type ExportCursor = {
  /** The generation of the tenant's list: other data have another one. */
  readonly store: string;
  /** When the export began, Unix milliseconds. */
  readonly began: number;
  readonly shard: number;
  /** All traces of the shard before it were exported; "": none yet. */
  readonly traceId: string;
  /** Within the trace; absent: after it. */
  readonly place?: OwnedPlace;
};

const CURSOR = /^([0-9a-z]{1,40})\.(\d{1,15})\.(\d{1,4})\.([0-9a-f]{32}|)(?:\.(\d{1,10})\.([0-9a-z]{1,40}))?$/;

export function formatExportCursor({ store, began, shard, traceId, place }: ExportCursor): string {
  return [store, began, shard, traceId, ...(place === undefined ? [] : [place.revision, place.generation])].join(".");
}

export function readExportCursor(text: string): ExportCursor | undefined {
  const [, store = "", began, shard, traceId = "", revision, generation] = CURSOR.exec(text) ?? [];
  if (store === "") return undefined;
  const place = generation === undefined ? undefined : { revision: Number(revision), generation };
  return { store, began: Number(began), shard: Number(shard), traceId, ...(place && { place }) };
}

/** The parameters of an export of all sessions. Documented in `operations.ts`. */
export const ExportParameters = v.object({
  from: v.exactOptional(
    textParameter("from", (text) => readExportCursor(text) !== undefined, "a `cursor` or `next` of an export"),
  ),
  since: v.exactOptional(
    textParameter(
      "since",
      (text) => readMoment(text, 0) !== undefined,
      "a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d",
    ),
  ),
});
