import type { ServiceError } from "@grpc/grpc-js";
import { GRPC_PATHS } from "../../../../src/lib/grpc-paths.ts";
import type { Target } from "../fork/target.ts";
import { throwImportFailure } from "./missing-packages.ts";
import type { Outcome, Transport } from "./outcome.ts";

/** Over `@grpc/grpc-js`, which the program installs. */
export async function grpcTransport(target: Target): Promise<Transport> {
  const grpc = await import("@grpc/grpc-js").catch((error: unknown) =>
    throwImportFailure(error, "the package @grpc/grpc-js"),
  );
  const { url, headers, timeoutMillis } = target;
  const isSecure = url.protocol === "https:";
  const address = `${url.hostname}:${url.port === "" ? (isSecure ? "443" : "80") : url.port}`;
  const client = new grpc.Client(address, isSecure ? grpc.credentials.createSsl() : grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name.toLowerCase(), value);
  const { status } = grpc;
  /** OTLP's list; of an exhausted resource only with a pause in its details. */
  const retryable: ReadonlySet<number> = new Set([
    status.CANCELLED,
    status.DEADLINE_EXCEEDED,
    status.ABORTED,
    status.OUT_OF_RANGE,
    status.UNAVAILABLE,
    status.DATA_LOSS,
  ]);
  const outcomeOf = (error: ServiceError): Outcome => {
    const hasDetails = error.metadata.get("grpc-status-details-bin").length > 0;
    const isRetryable = retryable.has(error.code) || (error.code === status.RESOURCE_EXHAUSTED && hasDetails);
    return { kind: isRetryable ? "retry" : "refused", reason: error.message };
  };
  return {
    send: (body, signal) =>
      new Promise((resolve) => {
        const call = client.makeUnaryRequest(
          GRPC_PATHS.traces,
          (bytes: Uint8Array) => Buffer.from(bytes),
          (bytes: Buffer) => bytes,
          body,
          metadata,
          { deadline: Date.now() + timeoutMillis },
          (error) => resolve(error === null ? { kind: "sent" } : outcomeOf(error)),
        );
        signal.addEventListener("abort", () => call.cancel(), { once: true });
      }),
    close: () => client.close(),
  };
}
