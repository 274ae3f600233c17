import type { Exception } from "../../trace/exception.ts";
import type { Span } from "../../trace/span.ts";
import { CopyButton } from "../copy-button.tsx";
import { Hostile } from "../hostile.tsx";
import { Sign } from "../icons.tsx";
import { LongText } from "./long-text.tsx";

/** Why the span failed, with where, as far as it says. */
export function ExceptionView({ span, exception }: { span: Span; exception: Exception | undefined }) {
  const message = exception?.message ?? span.status?.message;
  const text = (): string =>
    [exception?.type, message, exception?.stacktrace].filter((part) => part !== undefined).join("\n");
  return (
    <section class="section exception">
      <header>
        <Sign name="error" />
        <h3>{exception?.type === undefined ? "Error" : <Hostile text={exception.type} limit={200} />}</h3>
        <CopyButton text={text} label="Copy the error" />
      </header>
      {message === undefined || message === "" ? (
        <p class="muted">Its status is an error, and it says no more.</p>
      ) : (
        <LongText text={message} as="prose" />
      )}
      {exception?.stacktrace === undefined ? null : <LongText text={exception.stacktrace} as="code" />}
    </section>
  );
}
