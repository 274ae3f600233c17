import { isRecord } from "../../trace/content/plain-data.ts";
import type { QueryRequest } from "../../trace/rerun/query-request.ts";
import type { ResumePoint } from "../../trace/rerun/resume-point.ts";

/** Throws where it is no query of this API: a proxy's login, say. What is within is the server's own. */
export async function readRequest(response: Response): Promise<QueryRequest> {
  const body: unknown = await response.json();
  if (isRequest(body)) return body;
  throw new Error("the server's answer is no query");
}

/** The same, with where it stopped. */
export async function readResume(response: Response): Promise<QueryRequest & ResumePoint> {
  const body: unknown = await response.json();
  if (isRequest(body) && isResume(body)) return body;
  throw new Error("the server's answer does not say where the query stopped");
}

const isRequest = (body: unknown): body is QueryRequest =>
  isRecord(body) && typeof body["query"] === "string" && typeof body["name"] === "string";

const isResume = (body: object): body is ResumePoint =>
  ["messages", "results", "unanswered"].every((name) => Array.isArray(Reflect.get(body, name)));
