import * as v from "valibot";

/** The parameters of a URL's query. Their messages name the parameter and its values: a refusal contains the first one. */
export type Parameters = v.ObjectSchema<v.ObjectEntries, undefined>;

export type ParametersOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly detail: string; readonly parameter: string };

/** A parameter whose schema is an array may be repeated; of the others the first one counts. Other names are ignored. */
export function readParameters<const Schema extends Parameters>(
  schema: Schema,
  params: URLSearchParams,
): ParametersOutcome<v.InferOutput<Schema>> {
  const given: Record<string, string | readonly string[]> = {};
  for (const [name, { type }] of Object.entries(schema.entries)) {
    const texts = params.getAll(name);
    if (type === "array") given[name] = texts;
    else if (texts[0] !== undefined) given[name] = texts[0];
  }
  const outcome = v.safeParse(schema, given, { abortEarly: true });
  if (outcome.success) return { ok: true, value: outcome.output };
  const [{ message, path }] = outcome.issues;
  return { ok: false, detail: message, parameter: String(path?.[0]?.key) };
}

/** "a, b or c". */
function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(name: string, words: Words) {
  return v.picklist(words, `${name} must be ${alternatives(words)}`);
}

export function flag(name: string) {
  return v.optional(oneOf(name, ["true", "false"]), "false");
}

/** A text that `isValid` accepts. `expected`: its form, as an answer names it. */
export function textParameter(name: string, isValid: (text: string) => boolean, expected: string) {
  return v.pipe(v.string(), v.check(isValid, `${name} must be ${expected}`));
}

/** A number in the form of `pattern`. `expected`: its range, as an answer names it. */
export function numberParameter(
  name: string,
  { pattern, least, most, expected }: { pattern: RegExp; least: number; most: number; expected: string },
) {
  const message = `${name} must be ${expected}`;
  return v.pipe(
    v.string(),
    v.regex(pattern, message),
    v.transform(Number),
    v.number(),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}
