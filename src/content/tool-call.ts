import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import { parseJson } from "../otel/any-value.ts";

/** A tool's arguments without those of the function that calls it: Python's `args` and `kwargs`, LangChain's callback. */
export function plainArguments(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { inputs, input_str: text, args, kwargs } = value;
  if (typeof text === "string") return isRecord(inputs) ? inputs : (parseJson(text) ?? text);
  if (!Array.isArray(args) || !isRecord(kwargs)) return value;
  if (args.length === 0) return kwargs;
  const [first] = args as readonly unknown[];
  if (args.length > 1 || Object.keys(kwargs).length > 0) return value;
  return typeof first === "string" ? (parseJson(first) ?? first) : first;
}

/** A parameter beside `args` and `kwargs` of the method by which smolagents calls every tool. */
const CALLING_METHOD = "sanitize_inputs_outputs";

export function isCallingMethod(value: unknown): boolean {
  return isRecord(value) && CALLING_METHOD in value;
}

/** The id of the call, if a framework returns its whole message. */
export function callIdOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const message = isRecord(value.output) ? value.output : value;
  const inner = [message.kwargs, message.data].find(isRecord);
  const { tool_call_id: id } = inner ?? message;
  return nonEmpty(id);
}
