import type { Context } from "hono";
import { can } from "../../auth/principal.ts";
import type { Refusal } from "../../auth/principal.ts";
import type { ErrorForm } from "../../auth/guard.ts";
import type { AppEnv } from "../../config.ts";
import { GRPC_PATHS } from "../../lib/grpc-paths.ts";
import { statusOf } from "../../otlp/refusals.ts";
import type { DecodeError } from "../../otlp/refusals.ts";
import { SIGNALS } from "../../otlp/response.ts";
import type { Signal } from "../../otlp/response.ts";
import { recordExport } from "./recent-exports.ts";
import { isGrpcPath, wireOf } from "./wire.ts";
import type { Failure } from "./wire.ts";

/** The outcome of a request to the receiver. */
export type ExportOutcome =
  /** `rejected`: spans or log records that were bad, or that their session refused. */
  | {
      readonly outcome: "stored";
      readonly accepted: number;
      readonly rejected: number;
      readonly reason?: string;
      readonly service?: string;
    }
  /** The request has data and no span or log record that OTLP knows. `field`: a list with an unknown name. */
  | { readonly outcome: "unread"; readonly field: string | undefined }
  /**
   * Metrics, of which data points were passed on and accepted or rejected. Those that no upstream wants are dropped and not refused:
   * exporters send all signals to one endpoint, and would log errors forever.
   */
  | { readonly outcome: "metrics"; readonly accepted: number; readonly rejected: number; readonly message?: string }
  /** An upstream can't take now what is not stored: the exporter keeps it. */
  | { readonly outcome: "not-passed-on"; readonly reason: string; readonly afterMillis?: number }
  | { readonly outcome: "undecodable"; readonly error: DecodeError }
  /** An object could not store a part for a temporary reason. */
  | { readonly outcome: "not-stored"; readonly problem?: string }
  /** A bug in our decoder would fail again with the same bytes: with 500 the exporter does not retry. */
  | { readonly outcome: "faulty"; readonly reference: string }
  /** This instance sent the spans on itself, and they came back. */
  | { readonly outcome: "loop" }
  | { readonly outcome: "wrong-method" }
  | { readonly outcome: "wrong-path" }
  /** The request did not reach the receiver. */
  | { readonly outcome: "refused"; readonly refusal: Refusal };

/** Writes an outcome to the wire, in the form of the request's protocol, and to the recent exports. */
export function answer(c: Context<AppEnv>, signal: Signal, outcome: ExportOutcome): Response {
  const wire = wireOf(c);
  const { encoding } = wire;
  const entry = { at: Date.now(), signal, ...(encoding === undefined ? {} : { encoding }) };
  switch (outcome.outcome) {
    case "stored": {
      const { accepted, rejected, reason, service } = outcome;
      if (accepted + rejected > 0)
        recordExport(c, {
          ...entry,
          accepted,
          rejected,
          ...(service === undefined ? {} : { service }),
          ...(reason === undefined ? {} : { reason }),
        });
      return wire.success(signal, rejected === 0 ? undefined : { rejected, message: reason ?? "" });
    }
    case "unread": {
      // 200, for unknown fields are to be ignored (JSON Protobuf Encoding); the recent exports show what happened.
      const found = outcome.field === undefined ? "" : `, but "${outcome.field}"`;
      const expected =
        signal === "traces" ? "resourceSpans[].scopeSpans[].spans" : "resourceLogs[].scopeLogs[].logRecords";
      const reason = `nothing in it could be read: it has no ${expected}${found}`;
      recordExport(c, { ...entry, accepted: 0, rejected: 0, reason });
      return wire.success(signal, undefined);
    }
    case "metrics": {
      const { accepted, rejected, message } = outcome;
      const isRefused = rejected > 0 && message !== undefined;
      recordExport(c, { ...entry, accepted, rejected, ...(isRefused ? { reason: message } : {}) });
      return wire.success(signal, message === undefined ? undefined : { rejected, message });
    }
    default: {
      const { recorded, ...failure } = failureOf(c, signal, outcome);
      const { http, message } = failure;
      if (recorded) recordExport(c, { ...entry, accepted: 0, rejected: 0, reason: message }, http);
      return wire.failure(failure);
    }
  }
}

type Failed = Exclude<ExportOutcome, { readonly outcome: "stored" | "metrics" | "unread" }>;

/** google.rpc.Code. */
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;

/** `recorded`: whether the refusal becomes a recent export. */
function failureOf(c: Context<AppEnv>, signal: Signal, outcome: Failed): Failure & { readonly recorded: boolean } {
  switch (outcome.outcome) {
    case "undecodable": {
      const refusal = statusOf(outcome.error);
      if (refusal.http === 503) return { ...refusal, code: RESOURCE_EXHAUSTED, retrySeconds: 1, recorded: true };
      return { ...refusal, ...(refusal.http === 415 ? { code: UNIMPLEMENTED } : {}), recorded: true };
    }
    case "not-stored":
      return {
        http: 503,
        message: `part of the export could not be stored; send it again${outcome.problem === undefined ? "" : `. ${outcome.problem}`}`,
        retrySeconds: 1,
        recorded: false,
      };
    case "not-passed-on":
      return {
        http: 503,
        message: `${signal} are passed on while you wait, and could not be now: ${outcome.reason}; send them again`,
        retrySeconds: Math.ceil((outcome.afterMillis ?? 1_000) / 1_000),
        recorded: true,
      };
    case "faulty":
      return {
        http: 500,
        message: `an internal error, not a fault of the ${signal}; reference ${outcome.reference}`,
        recorded: true,
      };
    case "loop":
      return {
        http: 508,
        message: "these spans were forwarded by this receiver: its upstreams form a loop",
        recorded: true,
      };
    case "wrong-method":
      return {
        http: 405,
        message: `${c.req.method} is not allowed here: POST an export`,
        headers: { allow: "POST, OPTIONS" },
        recorded: false,
      };
    case "wrong-path": {
      const here = new URL(c.req.url).origin;
      const message = `There is no receiver at ${c.req.path}. Export traces to ${here}/v1/traces: set OTEL_EXPORTER_OTLP_ENDPOINT=${here}`;
      return { http: 404, code: UNIMPLEMENTED, message, recorded: can(c.var.principal, "write") };
    }
    case "refused": {
      const { reason, status, detail, headers } = outcome.refusal;
      return {
        http: status,
        message: detail,
        ...(headers === undefined ? {} : { headers }),
        ...(reason === "not-set-up" ? { retrySeconds: 30 } : reason === "failed" ? { retrySeconds: 1 } : {}),
        // A wrong token is the likeliest mistake of the first minute, and an exporter's log is rarely read: the page shows it.
        // Not so a foreign page: it could write there otherwise.
        recorded: reason === "no-right",
      };
    }
  }
}

/** `/v1/traces` and every path that ends so, slash or not: an exporter of another product only needs another host. */
const EXPORT_PATH = /\/v1\/(traces|logs|metrics)\/?$/;

/** The signal that is exported to a path, over HTTP or as a call; traces where the path does not say. */
function signalOf(path: string): Signal {
  const suffix = EXPORT_PATH.exec(path)?.[1];
  return SIGNALS.find((signal) => suffix === signal || path === GRPC_PATHS[signal]) ?? "traces";
}

/** A refusal of an export: google.rpc.Status. */
export const exportErrors: ErrorForm = {
  matches: (path) => EXPORT_PATH.test(path) || isGrpcPath(path),
  write: (c, refusal) => answer(c, signalOf(c.req.path), { outcome: "refused", refusal }),
};
