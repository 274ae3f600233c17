import { structureOfLogs, structureOfSpans } from "../content/structure.ts";
import type { Receipt } from "../facts/delivery.ts";
import type { SessionStreamEvent } from "./contract/stream-events.ts";
import type { QuerySummary, SessionSummary } from "./summary.ts";

/**
 * A session for readers who may not see contents; see `content/structure.ts`. Facts are derived from whole spans before:
 * the order of a span's versions and the identity of a log record depend on their whole bytes.
 */
export function structureOfEvent(event: SessionStreamEvent): SessionStreamEvent {
  switch (event.type) {
    case "spans":
      return {
        ...event,
        receipt: structureOfReceipt(event.receipt),
        resourceSpans: structureOfSpans(event.resourceSpans),
      };
    case "logs":
      return {
        ...event,
        receipt: structureOfReceipt(event.receipt),
        resourceLogs: structureOfLogs(event.resourceLogs),
      };
    case "session":
      return { ...event, summary: structureOfSummary(event.summary) };
    case "gone":
    case "reset":
    case "moved":
    case "deleted":
    case "bookmark":
      return event;
  }
}

/** The title may be a prompt: the session's name stands in its place. Reasons of failures quote what failed. */
export function structureOfSummary<Summary extends SessionSummary>(summary: Summary): Summary {
  const { id, liveness, causes } = summary;
  const { waiting } = liveness;
  return {
    ...summary,
    title: id,
    ...(causes === undefined ? {} : { causes: causes.map(({ name, count }) => ({ name, count })) }),
    liveness: { ...liveness, ...(waiting === undefined ? {} : { waiting: { ...waiting, question: "" } }) },
  };
}

export function structureOfQuery(query: QuerySummary): QuerySummary {
  const { prompt: _, failure: __, ...structure } = query;
  return structure;
}

/** A reason may quote the span that was rejected. */
function structureOfReceipt({ rejected, ...receipt }: Receipt): Receipt {
  return { ...receipt, ...(rejected === undefined ? {} : { rejected: { ...rejected, reason: "" } }) };
}
