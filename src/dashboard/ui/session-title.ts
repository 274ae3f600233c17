import type { SessionSummary } from "../../session/summary.ts";
import { IS_READ_ONLY } from "../address/address.ts";

/** What a session is called. The program's own traces are thousands of requests, which the first of them does not name. */
export const titleOf = ({ title, id }: Pick<SessionSummary, "title" | "id">): string =>
  IS_READ_ONLY ? id : title || id;
