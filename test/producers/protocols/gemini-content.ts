import { type Reply, type Request, type Schema, USAGE } from "../scripted-model.ts";
import { fields, lastOf, list, type Protocol, readTools, textOf } from "./protocol.ts";

/** Google counts thoughts apart from the output. */
const usageMetadata = {
  promptTokenCount: USAGE.input,
  cachedContentTokenCount: USAGE.cached,
  candidatesTokenCount: USAGE.output - USAGE.reasoning,
  thoughtsTokenCount: USAGE.reasoning,
  totalTokenCount: USAGE.input + USAGE.output,
};

/** Google's generateContent; the model is in the path. */
export const geminiContent: Protocol = {
  path: /:(stream)?generateContent$/i,
  read: ({ contents, tools }, pathname) => ({
    model: /\/models\/([^:]+):/.exec(pathname)?.[1] ?? "",
    tools: list(tools)
      .flatMap(({ functionDeclarations }) => list(functionDeclarations))
      .flatMap((tool) => readTools([{ ...tool, parameters: schemaOf(tool) }], "parameters")),
    ...lastOf(
      list(contents)
        .filter(({ role }) => role !== "model")
        .flatMap(({ parts }) => list(parts))
        .map(({ text, functionResponse }) =>
          functionResponse === undefined
            ? { prompt: textOf([{ text }]) }
            : { result: JSON.stringify(functionResponse) },
        ),
    ),
  }),
  isStreamed: (_, pathname) => /:streamGenerateContent$/i.test(pathname),
  whole: answer,
  *stream(request, reply) {
    yield { data: answer(request, reply) };
  },
};

/** Parameters in JSON Schema or in Google's form, whose types are in capitals. */
function schemaOf({ parameters, parametersJsonSchema, ...rest }: Readonly<Record<string, unknown>>): Schema {
  return JSON.parse(
    JSON.stringify(
      fields(parametersJsonSchema ?? rest["parameters_json_schema"] ?? parameters),
      (key, value: unknown) => (key === "type" && typeof value === "string" ? value.toLowerCase() : value),
    ),
  );
}

function answer({ model }: Request, { text, calls }: Reply) {
  const parts = calls.map(({ name, arguments: args }) => ({ functionCall: { name, args } }));
  return {
    candidates: [
      { index: 0, content: { role: "model", parts: text === "" ? parts : [{ text }, ...parts] }, finishReason: "STOP" },
    ],
    usageMetadata,
    modelVersion: model,
    responseId: "response-1",
  };
}
