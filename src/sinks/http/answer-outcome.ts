import { retryAfterMillis, RETRYABLE_STATUSES } from "../../lib/retry-after.ts";
import type { DeliveryOutcome, SinkAnswer } from "../sink.ts";
import { answerText } from "./answer-text.ts";

/** UTF-16 units of an answer's body in a reason. */
const MAX_EXCERPT = 200;

/**
 * What an answer's status says about the batch; `undefined` for a 2xx, whose body the sink reads. A redirect that was not followed
 * is a refusal. `credentials`: what the reason may not repeat. `isRetryable`: statuses after which the batch may be sent again;
 * OTLP's if it is absent.
 */
export function failureOf(
  answer: SinkAnswer,
  now: number,
  credentials: readonly string[],
  isRetryable = (given: number): boolean => RETRYABLE_STATUSES.has(given),
): DeliveryOutcome | undefined {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return undefined;
  const said = answerText(answer, credentials, MAX_EXCERPT);
  const location = headers.get("location");
  const detail =
    status >= 300 && status < 400 && location !== null
      ? ` and points to ${hostIn(location)}, which is not followed`
      : said === ""
        ? ""
        : `: ${said}`;
  const reason = `the receiver answers ${status}${detail}`;
  if (status === 413) return { outcome: "split", reason };
  if (!isRetryable(status)) return { outcome: "refused", reason };
  const afterMillis = retryAfterMillis(headers.get("retry-after"), now);
  return { outcome: "retry", reason, ...(afterMillis === undefined ? {} : { afterMillis }) };
}

/** Without path and query: they may hold credentials. */
function hostIn(location: string): string {
  return URL.canParse(location) ? new URL(location).host : "another path";
}

/** Whether a page for people answered instead of a program. */
export function isHtml({ headers, body }: SinkAnswer): boolean {
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "")) return true;
  return /^\s*<(!doctype|html)/i.test(new TextDecoder().decode(body.subarray(0, 64)));
}
