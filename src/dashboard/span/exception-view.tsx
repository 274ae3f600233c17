import type { Exception } from "../../trace/content/exception.ts";
import { CopyButton } from "../frame/copy-button.tsx";
import { Hostile } from "../text/hostile.tsx";
import { Sign } from "../frame/icons.tsx";
import { LongText } from "../content/long-text.tsx";
import { traceOf } from "./trace-of.ts";

/** Why the span failed, with where, as far as it says. */
export function ExceptionView({ exception }: { exception: Exception | undefined }) {
  const message = exception?.message;
  const trace = exception === undefined ? undefined : traceOf(exception);
  const text = (): string => [exception?.type, message, trace].filter((part) => part !== undefined).join("\n");
  return (
    <section class="section exception">
      <header>
        <Sign name="error" />
        <h3>{exception?.type === undefined ? "Error" : <Hostile text={exception.type} limit={200} />}</h3>
        <CopyButton text={text} label="Copy the error" />
      </header>
      {message === undefined || message === "" ? (
        <p class="muted">No message.</p>
      ) : (
        <LongText text={message} as="prose" />
      )}
      {trace === undefined ? null : <LongText text={trace} as="code" />}
    </section>
  );
}
