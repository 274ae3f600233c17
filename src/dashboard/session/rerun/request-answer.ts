import { isRecord } from "../../../lib/plain-data.ts";
import type { QueryRequest } from "../../../session/rerun/query-request.ts";
import type { ResumePoint } from "../../../session/rerun/resume-point.ts";

/** Throws on another body, such as a proxy's login page. The fields within are trusted. */
export async function readRequest(response: Response): Promise<QueryRequest> {
  const body: unknown = await response.json();
  if (isRequest(body)) return body;
  throw new Error("the server's answer is not a query");
}

/** The same, with the resume point. */
export async function readResume(response: Response): Promise<QueryRequest & ResumePoint> {
  const body: unknown = await response.json();
  if (isRequest(body) && isResume(body)) return body;
  throw new Error("the server's answer does not say where the query stopped");
}

const isRequest = (body: unknown): body is QueryRequest =>
  isRecord(body) && typeof body["query"] === "string" && typeof body["name"] === "string";

const isResume = (body: object): body is ResumePoint =>
  ["messages", "results", "unanswered"].every((name) => Array.isArray(Reflect.get(body, name)));
