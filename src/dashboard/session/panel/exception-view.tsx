import type { Exception } from "../../../facts/exception.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { LongText } from "../content/long-text.tsx";

/** The span's error, with its stack trace if there is one. */
export function ExceptionView({ exception }: { exception: Exception | undefined }) {
  const message = exception?.message;
  const trace = exception === undefined ? undefined : traceOf(exception);
  const text = (): string => [exception?.type, message, trace].filter((part) => part !== undefined).join("\n");
  return (
    <section class="section exception">
      <header>
        <Icon name="error" />
        <h3>{exception?.type === undefined ? "Error" : <UntrustedText text={exception.type} limit={200} />}</h3>
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

/**
 * A stack trace without the message, which is shown above it. Runtimes put "Type: message" first (JavaScript, Java) or
 * last (Python). `undefined` if nothing remains.
 */
export function traceOf({ type, message, stacktrace }: Exception): string | undefined {
  if (stacktrace === undefined || message === undefined || message === "") return stacktrace;
  const text = stacktrace.trimEnd();
  const at = text.startsWith(message) || isAfterType(text, message) ? text.indexOf(message) : text.lastIndexOf(message);
  if (at < 0) return text;
  const lineStart = text.lastIndexOf("\n", at) + 1;
  const before = text.slice(lineStart, at);
  const isMessageLine = before === "" || /^[\w.$]*:? $/.test(before) || before === `${type ?? ""}: `;
  const isFirst = lineStart === 0;
  const rest = text.slice(at + message.length);
  // In the middle of a trace the message belongs to a cause or to source code.
  if (!isMessageLine || !(isFirst ? rest === "" || rest.startsWith("\n") : rest === "")) return text;
  const without = (isFirst ? rest.slice(1) : text.slice(0, lineStart)).trimEnd();
  return without === "" ? undefined : without;
}

function isAfterType(text: string, message: string): boolean {
  const colon = text.indexOf(": ");
  return colon >= 0 && text.startsWith(message, colon + 2);
}
