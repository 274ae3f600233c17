import { expect } from "vitest";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

let spans = 0;

/** A span of a task of a session that ended so many seconds ago: it asks a question, or goes on. */
export function span(session: string, question: string | undefined, ago = 0) {
  const at = BigInt(Date.now() - ago * 1_000) * 1_000_000n;
  return {
    traceId: session.charCodeAt(0).toString(16).padStart(32, "a"),
    spanId: (++spans).toString(16).padStart(16, "0"),
    name: "invoke_agent",
    startTimeUnixNano: String(at - 1_000_000n),
    endTimeUnixNano: String(at),
    attributes: [
      text("session.id", session),
      text("gen_ai.operation.name", "invoke_agent"),
      text("input.value", `Plan ${session}`),
      text("a2a.task.id", session),
      text("a2a.task.state", question === undefined ? "completed" : "input-required"),
      text("output.value", question ?? "done"),
    ],
  };
}

export async function send(url: string, ...sent: ReturnType<typeof span>[]): Promise<void> {
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: sent }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}
