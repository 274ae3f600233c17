import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { namesIn, received } from "./receiver.ts";

/** A receiver of OTLP/gRPC on loopback. With a code it refuses all exports. */
export async function grpcReceiver(code: status = status.OK) {
  const names: string[] = [];
  const authorizations: string[] = [];
  const server = new Server();
  const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
  server.addService(
    {
      Export: {
        path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes.serialize,
        requestDeserialize: bytes.deserialize,
        responseSerialize: bytes.serialize,
        responseDeserialize: bytes.deserialize,
      },
    },
    {
      Export(
        call: { request: Buffer; metadata: { get: (name: string) => unknown[] } },
        answer: (error: object | null, value?: Buffer) => void,
      ) {
        authorizations.push(call.metadata.get("authorization").join());
        if (code !== status.OK) return answer({ code, details: "no" });
        names.push(...namesIn(received(call.request, "protobuf")));
        answer(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    names,
    authorizations,
    [Symbol.asyncDispose]: () => Promise.resolve(server.forceShutdown()),
  };
}
