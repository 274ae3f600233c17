/** What a request to a model says, in whichever protocol it came. */
export type Request = {
  readonly model: string;
  readonly tools: readonly Tool[];
  /** The text of the last message of a person. */
  readonly prompt: string;
  /** The results of tools after it. */
  readonly results: readonly string[];
};

export type Tool = { readonly name: string; readonly parameters: Schema };

/** The part of JSON Schema that describes parameters. */
export type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
};

export type Reply = {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
};

/** The same in every answer, so that captures show which key carries which count. */
export const USAGE = { input: 120, cached: 64, output: 18, reasoning: 6 } as const;

/** An answer by rule: it calls the tool for the weather once, or a shell, and then says what it heard. */
export function replyTo({ prompt, results, tools }: Request): Reply {
  const city = /\bin ([A-Z]\w+)/.exec(prompt)?.[1] ?? "Paris";
  const [tool] = [/weather/i, /^(bash|shell|shell_command|exec_command|run_shell_command|local_shell)$/i].flatMap(
    (pattern) => tools.filter(({ name }) => pattern.test(name)),
  );
  if (results.length === 0 && tool !== undefined) return call(tool, city);
  const last = results.at(-1) ?? "";
  const text = /not found|exception|traceback|^\W*error/i.test(last)
    ? `I found no weather for ${city}.`
    : `It is 18 °C and sunny in ${city}.`;
  // Some frameworks end a run by a tool.
  const final = tools.find(({ name }) => name === "final_answer");
  return final === undefined ? { text, calls: [] } : call(final, text);
}

function call({ name, parameters }: Tool, subject: string): Reply {
  const id = `call_${name}_${subject.replaceAll(/\W/g, "").slice(0, 8)}`;
  return { text: "", calls: [{ id, name, arguments: argumentsFor(parameters, subject) }] };
}

function argumentsFor({ properties = {}, required = [] }: Schema, subject: string): Record<string, unknown> {
  const named = Object.entries(properties).filter(([name]) => required.includes(name) || name === "city");
  return Object.fromEntries(named.map(([name, schema]) => [name, valueOf(name, schema, subject)]));
}

function valueOf(name: string, schema: Schema, subject: string): unknown {
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  if (/^(command|cmd)$/.test(name)) return type === "array" ? ["echo", "18 and sunny"] : "echo 18 and sunny";
  if (schema.enum !== undefined) return schema.enum[0];
  switch (type) {
    case "number":
    case "integer":
      return 1;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return argumentsFor(schema, subject);
    default:
      return subject;
  }
}
