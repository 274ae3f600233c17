import type { Context } from "hono";
import type { AppEnv } from "../../config.ts";
import { encodeAnswer, GRPC_WEB_TYPE, isGrpcWeb } from "../../otlp/grpc-web.ts";
import { encodingOf, mediaTypeOf } from "../../otlp/media-type.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import { codeOf, encodeStatus, encodeSuccess, protobufStatus, statusMessage } from "../../otlp/response.ts";
import type { PartialSuccess, Signal } from "../../otlp/response.ts";

/** Why an export is not accepted, before it takes a form. */
export type Failure = {
  readonly http: number;
  /** google.rpc.Code of a call, where it says more than that of the HTTP status. */
  readonly code?: number;
  readonly message: string;
  readonly field?: string;
  /** Sending again succeeds, after so long. */
  readonly retrySeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The form of an answer to an export: that of the protocol by which it came. */
export type Wire = {
  /** Of the request; absent if it has none that OTLP knows. */
  readonly encoding?: OtlpEncoding;
  readonly success: (signal: Signal, partial: PartialSuccess | undefined) => Response;
  readonly failure: (failure: Failure) => Response;
};

/** Any service of OTLP, also one that is not known. */
const SERVICES = /^\/opentelemetry\.proto\.collector\./;

export function isGrpcPath(path: string): boolean {
  return SERVICES.test(path);
}

/** A request that is no call gets an answer of HTTP at a path of gRPC too: its sender would read 200 as a success. */
export function wireOf(c: Context<AppEnv>): Wire {
  const contentType = c.req.header("content-type");
  if (isGrpcPath(c.req.path) && isGrpcWeb(contentType)) return grpcWire;
  return httpWires[encodingOf(contentType ?? null) ?? "unknown"];
}

/** OTLP/HTTP Response: in the request's encoding, JSON if that is unknown. */
function httpWire(encoding: OtlpEncoding | undefined): Wire {
  const form = encoding ?? "json";
  const respond = (status: number, body: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) =>
    new Response(body, {
      status,
      headers: { "content-type": mediaTypeOf(form), "cache-control": "no-store", ...headers },
    });
  return {
    ...(encoding === undefined ? {} : { encoding }),
    success: (signal, partial) => respond(200, encodeSuccess(signal, form, partial)),
    failure({ http, message, field, retrySeconds, headers }) {
      const status = encodeStatus(form, { code: codeOf(http), message, ...(field === undefined ? {} : { field }) });
      const retryAfter = retrySeconds === undefined ? {} : { "retry-after": String(retrySeconds) };
      return respond(http, status, { ...retryAfter, ...headers });
    },
  };
}

const httpWires = { json: httpWire("json"), protobuf: httpWire("protobuf"), unknown: httpWire(undefined) };

/** gRPC-Web: always 200, the status of the call stands in the trailers. */
const grpcWire: Wire = {
  encoding: "protobuf",
  success(signal, partial) {
    return grpcResponse(
      encodeAnswer({ message: encodeSuccess(signal, "protobuf", partial), status: { code: 0, message: "" } }),
    );
  },
  failure({ http, code = codeOf(http), message, field, retrySeconds }) {
    const more = {
      ...(field === undefined ? {} : { field }),
      ...(retrySeconds === undefined ? {} : { retrySeconds }),
    };
    const details = Object.keys(more).length === 0 ? {} : { details: protobufStatus({ code, message, ...more }) };
    return grpcResponse(encodeAnswer({ status: { code, message: statusMessage(message), ...details } }));
  },
};

function grpcResponse(body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { "content-type": GRPC_WEB_TYPE, "cache-control": "no-store" } });
}
