import type { SinkAnswer, SinkRequest, Transport } from "../sink.ts";

/** A receiver's answer is read up to here: a partial success has a few lines. */
export const MAX_ANSWER_BYTES = 65_536;
/** Redirects to the same origin that one request follows. */
const MOST_REDIRECTS = 3;
/** They keep the method and the body (RFC 9110 §15.4). */
const REDIRECTS: ReadonlySet<number> = new Set([307, 308]);

/** Over `fetch`. Redirects are followed within their origin only: another host must not get the headers' credentials. */
export const fetchTransport: Transport = async (request, signal) => {
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, {
      method: "POST",
      headers: request.headers,
      body: request.body,
      redirect: "manual",
      signal,
    });
    const target = redirects < MOST_REDIRECTS ? redirectWithin(url, response) : undefined;
    if (target === undefined) return await readAnswer(response);
    await response.body?.cancel();
    url = target;
  }
};

function redirectWithin(from: string, { status, headers }: Response): string | undefined {
  const location = headers.get("location");
  if (!REDIRECTS.has(status) || location === null || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  return target.origin === new URL(from).origin ? target.href : undefined;
}

async function readAnswer({ status, headers, body }: Response): Promise<SinkAnswer> {
  const bytes = new Uint8Array(MAX_ANSWER_BYTES);
  let length = 0;
  // A loop that is left cancels the rest.
  for await (const piece of body ?? []) {
    const part = piece.subarray(0, bytes.length - length);
    bytes.set(part, length);
    length += part.length;
    if (length === bytes.length) break;
  }
  return { status, headers, body: bytes.slice(0, length) };
}

/** Why no answer came, for a person. */
export function failureText(error: unknown, { url }: Pick<SinkRequest, "url">): string {
  const { host } = new URL(url);
  if (error instanceof Error && error.name === "TimeoutError") return `${host} did not answer in time`;
  const said = error instanceof Error ? error.message : String(error);
  // The runtime says no more of a name that can't be resolved.
  const why = said.startsWith("internal error") ? "no connection, or no address of this name is known here" : said;
  return `${host} could not be reached: ${why}`;
}
