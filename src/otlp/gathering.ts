import type { Resource, Scope } from "../trace/span.ts";

/** A signal's own words in an export, from the outside in: all else in the envelopes of spans and of log records is the same. */
export type Signal = { readonly resources: string; readonly scopes: string; readonly items: string };

export const TRACES: Signal = { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" };
export const LOGS: Signal = { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" };

/** Takes a request's items while a decoder walks it: their resource, then their scope, then each of them. */
export type Gathering<Item, Decoded> = {
  enterResource: (resource: Resource | undefined, schemaUrl: string) => void;
  enterScope: (scope: Scope | undefined, schemaUrl: string) => void;
  /** The item at hand, whether it may be kept or not. */
  add: (item: Item) => void;
  /** Items of another signal that were posted as this one. */
  rejectOtherSignal: (count: number, reason: string) => void;
  close: () => Decoded;
};
