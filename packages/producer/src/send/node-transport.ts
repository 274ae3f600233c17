import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Target } from "../fork/target.ts";
import { headersOf, outcomeOf, reasonOf } from "./outcome.ts";
import type { Outcome, Transport } from "./outcome.ts";

type Client = {
  readonly Agent: new (options: { keepAlive: boolean; maxSockets: number }) => Agent;
  readonly request: (url: URL, options: RequestOptions, listener: (response: IncomingMessage) => void) => ClientRequest;
};

/** One request of the queue, one of a flush. */
const SOCKETS = 2;

/** Over `node:http`: unlike `fetch`, its sockets can be set not to keep a process alive that is done. */
export async function nodeTransport(target: Target): Promise<Transport> {
  const client: Client = target.url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const agent = new client.Agent({ keepAlive: true, maxSockets: SOCKETS });
  return {
    send: (body, signal) => post(client, agent, target, body, signal),
    close: () => agent.destroy(),
  };
}

function post(client: Client, agent: Agent, target: Target, body: Uint8Array, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const retry = (error: unknown) => resolve({ kind: "retry", reason: reasonOf(error) });
    const headers = { ...headersOf(target), "content-length": String(body.byteLength) };
    const request = client.request(target.url, { method: "POST", agent, headers, signal }, (response) => {
      const { statusCode = 0 } = response;
      response.once("error", retry);
      response.once("close", () => retry(new Error("the answer was cut")));
      response.once("end", () => resolve(outcomeOf(statusCode, response.headers["retry-after"])));
      response.resume();
    });
    // A flush holds the process by a timer of its own.
    request.once("socket", (socket) => socket.unref?.());
    request.once("error", retry);
    request.end(body);
  });
}
