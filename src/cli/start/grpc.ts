import { Agent, request as httpRequest } from "node:http";
import { constants } from "node:http2";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerReadableStream, ServiceDefinition } from "@grpc/grpc-js";
import { GRPC_PATHS } from "../../lib/grpc-paths.ts";
import { decodeAnswer, encodeMessage, GRPC_WEB_TYPE } from "../../otlp/grpc-web.ts";
import type { GrpcAnswer } from "../../otlp/grpc-web.ts";
import { MAX_PROTOBUF_BODY } from "../../otlp/limits.ts";
import { protobufStatus } from "../../otlp/response.ts";
import { CallsInFlight } from "./calls-in-flight.ts";
import { isListening, reachedHost } from "./listening.ts";

/** `listening`: the port, which the system chose for port 0. `unavailable`: why not, as a sentence; the program runs without it. */
export type GrpcOutcome = { readonly listening: number } | { readonly unavailable: string };

type Forwarded = ServerReadableStream<Buffer, Buffer>;

/** Calls at a time on one connection: an exporter has a few. */
const CALLS_A_CONNECTION = 100;

/** A refusal by the metadata alone takes milliseconds. The call keeps its room until then. */
const REFUSAL_MILLIS = 2_000;

/** Of a call's metadata, what the Worker reads. The authority of the call becomes `Host`, which an open program judges. */
const FORWARDED_METADATA = ["authorization", "origin", "sec-fetch-site", "traceparent", "tracestate", "user-agent"];

/**
 * Listens for OTLP/gRPC, and passes each call on to the Worker as a call of gRPC-Web: its guard, its limits and its
 * acknowledgement are the Worker's. The bytes of messages pass through unread.
 */
export async function openGrpc(host: string, port: number, worker: URL): Promise<GrpcOutcome> {
  if (port !== 0 && (await isListening(reachedHost(host), port))) return { unavailable: `port ${port} is taken` };
  const server = new Server({
    // As over HTTP. It counts inflated bytes too, so a bomb costs no more.
    "grpc.max_receive_message_length": MAX_PROTOBUF_BODY,
    "grpc.max_concurrent_streams": CALLS_A_CONNECTION,
  });
  const agent = new Agent({ keepAlive: true });
  const calls = new CallsInFlight();
  const origin = new URL(worker);
  origin.hostname = reachedHost(host);
  for (const path of Object.values(GRPC_PATHS)) {
    const forward = (call: Forwarded, answer: sendUnaryData<Buffer>) =>
      forwardCall(call, answer, new URL(path, origin), agent, calls);
    server.addService(exportService(path), { Export: forward });
  }
  const address = host.includes(":") ? `[${host}]` : host;
  return await new Promise((resolve) => {
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      resolve(error === null ? { listening: bound } : { unavailable: error.message }),
    );
  });
}

/**
 * The one method of a service. To this server its request is a stream, with one message: so a call is judged when its metadata
 * arrives, and only an admitted one may send up to the limit.
 */
function exportService(path: string): ServiceDefinition {
  const identity = (bytes: Buffer) => bytes;
  return {
    Export: {
      path,
      requestStream: true,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  };
}

function forwardCall(
  call: Forwarded,
  answer: sendUnaryData<Buffer>,
  url: URL,
  agent: Agent,
  calls: CallsInFlight,
): void {
  const forwarded = httpRequest(url, { method: "POST", agent, headers: headersOf(call) });
  const ended = new AbortController();
  let isAnswered = false;
  let hasArrived = false;
  let size: number | undefined;
  const end = ({ message = new Uint8Array(), status: { code, message: details, details: bytes } }: GrpcAnswer) => {
    if (isAnswered) return;
    isAnswered = true;
    place?.close();
    if (code === 0) return answer(null, asBuffer(message));
    const metadata = new Metadata();
    if (bytes !== undefined) metadata.set("grpc-status-details-bin", asBuffer(bytes));
    answer({ code, details, metadata });
    // The rest of a refused message is not wanted.
    if (hasArrived) call.resume();
    else closeStream(call);
  };

  const read = () => {
    call.on("data", (message: Buffer) => {
      if (isAnswered) return;
      if (size !== undefined) {
        forwarded.destroy();
        return end(SECOND_MESSAGE);
      }
      size = message.length;
      // What it can't pass on yet is this one message, which its place counts.
      forwarded.write(encodeMessage(message));
    });
    call.on("end", () => {
      hasArrived = true;
      place?.arrived(size ?? 0);
      forwarded.end();
    });
  };
  // The client went away, or its deadline passed: grpc-js has answered.
  call.on("cancelled", () => {
    isAnswered = true;
    place?.close();
    forwarded.destroy();
    ended.abort();
  });
  call.on("error", () => forwarded.destroy());

  forwarded.once("response", (response) => {
    const { socket } = response;
    const passOn = (given: GrpcAnswer): void => {
      end(given);
      // The runtime closes the connection of a message that it did not read: the next call would meet its end.
      if (given.status.code !== 0) socket.destroy();
    };
    void readAnswer(response).then(passOn, () => passOn(UNREACHABLE));
  });
  // The runtime closes the connection under the rest of a message that it refuses, and its answer may be lost with it.
  forwarded.on("error", () => {
    if (isAnswered) return;
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(REFUSAL_MILLIS)]);
    void refusalOf(call, url, signal).then((refusal) => end(refusal ?? UNREACHABLE));
  });

  // A flowing stream emits later: `place` is there by then.
  const place = calls.enter(read);
  if (place !== undefined) return startNow(forwarded);
  forwarded.destroy();
  end(NO_ROOM);
}

/**
 * Ends the stream of a call that has its status, and whose message may never end: its bytes so far stay in memory else. The library
 * has no way to do so, and no name for its stream: `grpc.test.ts` fails where an upgrade renames it.
 */
function closeStream(call: Forwarded): void {
  const inner: unknown = Reflect.get(call, "call");
  const stream: unknown = inner instanceof Object ? Reflect.get(inner, "stream") : undefined;
  // RFC 9113, section 8.1: a complete answer, and no wish for the rest of the request.
  if (stream instanceof Object && "close" in stream && typeof stream.close === "function")
    stream.close(constants.NGHTTP2_NO_ERROR);
}

/** What the Worker answers to the metadata alone, if it refuses the caller. `signal` ends the request. */
async function refusalOf(call: Forwarded, url: URL, signal: AbortSignal): Promise<GrpcAnswer | undefined> {
  const asked = httpRequest(url, {
    method: "POST",
    agent: false,
    signal,
    headers: { ...headersOf(call), "content-length": 0 },
  });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      asked.once("response", resolve).once("error", reject),
    );
    asked.end();
    const answer = await readAnswer(await answered);
    return REFUSALS.has(answer.status.code) ? answer : undefined;
  } catch {
    return undefined;
  }
}

const REFUSALS: ReadonlySet<number> = new Set([status.UNAUTHENTICATED, status.PERMISSION_DENIED]);

/** The runtime is restarting, or this process is ending: a later try succeeds. */
const UNREACHABLE: GrpcAnswer = {
  status: { code: status.UNAVAILABLE, message: "the program could not be reached; send it again" },
};

/** As the Worker says it of a body with two. */
const SECOND_MESSAGE: GrpcAnswer = {
  status: { code: status.INVALID_ARGUMENT, message: "a unary call has one message" },
};

const NO_ROOM_PARTS = { code: status.RESOURCE_EXHAUSTED, message: "too many calls in flight; send it again" };
const NO_ROOM: GrpcAnswer = {
  status: { ...NO_ROOM_PARTS, details: protobufStatus({ ...NO_ROOM_PARTS, retrySeconds: 1 }) },
};

/** Node would wait for the first bytes of the body. */
function startNow(request: ClientRequest): void {
  request.setNoDelay(true);
  request.flushHeaders();
}

function headersOf(call: Forwarded): Record<string, string> {
  const metadata = FORWARDED_METADATA.flatMap((name) => {
    const [value] = call.metadata.get(name);
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return { host: call.getHost(), "content-type": GRPC_WEB_TYPE, ...Object.fromEntries(metadata) };
}

async function readAnswer(response: IncomingMessage): Promise<GrpcAnswer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  const answer = response.statusCode === 200 ? decodeAnswer(Buffer.concat(pieces)) : undefined;
  return answer ?? UNREACHABLE;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
