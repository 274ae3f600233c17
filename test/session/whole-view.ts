import { sessionDigest } from "../../src/session/digest/session-digest.ts";
import type { ReadPrices } from "../../src/session/prices/prices.ts";
import { recordReader } from "../../src/session/view/record-reader.ts";
import { SessionView } from "../../src/session/view/session-view.ts";

/** A viewer with all its code at once. A page loads it in parts. */
export function wholeView(id?: string, readPrices?: ReadPrices, mostRows?: number): SessionView {
  const view = new SessionView(id, readPrices, mostRows);
  view.useRecords(recordReader);
  view.useDigest(sessionDigest);
  return view;
}
