/** openapi.json, made of the schemas in src/api. `npm run openapi` writes it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { ConversionConfig, JsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import manifest from "../package.json" with { type: "json" };
import type { Answer, Operation, Operations, Route } from "../src/api/operation.ts";
import { SHARED_ANSWERS } from "../src/api/operation.ts";
import { components, operations } from "../src/api/operations.ts";
import { arkOperations } from "../src/ark/operations.ts";
import { arkComponents } from "../src/ark/schemas.ts";
import { mcpOperations } from "../src/mcp/operations.ts";

const ALL_COMPONENTS = { ...components, ...arkComponents };
export const ALL_OPERATIONS: Operations = { ...operations, ...arkOperations, ...mcpOperations };

const CONVERSION: ConversionConfig = {
  target: "draft-2020-12",
  // What a parameter means, not its text; a check in our own words has its words in the description.
  typeMode: "output",
  ignoreActions: ["check", "readonly"],
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
};

function schemaOf(schema: GenericSchema | "text" | "binary" | undefined): object {
  if (schema === undefined || schema === "text") return { type: "string" };
  if (schema === "binary") return { type: "string", format: "binary" };
  const { $schema: _, ...converted } = toJsonSchema(schema, { ...CONVERSION, definitions: ALL_COMPONENTS });
  const { $defs: __, ...own } = converted;
  return own;
}

function contentOf(content: NonNullable<Answer["content"]>): object {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema: schemaOf(schema) }]));
}

function parametersOf({ parameters = [] }: Operation): object[] {
  return parameters.flatMap(({ entries, texts }) =>
    Object.entries(entries).map(([name, entry]) => {
      const schema: JsonSchema = schemaOf(entry);
      // A default is written as its text in the URL.
      const isNumber = (schema.type === "number" || schema.type === "integer") && typeof schema.default === "string";
      return {
        name,
        in: "query",
        description: texts[name],
        schema: isNumber ? { ...schema, default: Number(schema.default) } : schema,
      };
    }),
  );
}

function responseOf({ description, content }: Answer): object {
  return { description, ...(content === undefined ? {} : { content: contentOf(content) }) };
}

function operationOf(operation: Operation): object {
  const { summary, body, answers, isPublic } = operation;
  const parameters = parametersOf(operation);
  const responses = Object.entries(answers).map(([status, answer]) => {
    const shared = Object.entries(SHARED_ANSWERS).find(([, one]) => one === answer);
    return [status, shared === undefined ? responseOf(answer) : { $ref: `#/components/responses/${shared[0]}` }];
  });
  return {
    summary,
    ...(isPublic === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: Object.fromEntries(responses),
  };
}

function routeOf({ path, ...methods }: Route): object {
  const parameters = Object.entries(path ?? {}).map(([name, description]) => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  }));
  return {
    ...(path === undefined ? {} : { parameters }),
    ...Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, operationOf(operation)])),
  };
}

export function openapi(): object {
  return {
    openapi: "3.1.0",
    info: { title: "Spanfold", version: manifest.version, description: "Agent sessions, live: OTLP in, sessions out." },
    servers: [{ url: "/" }, { url: "/self", description: "The program's own traces, to be read by an administrator." }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(Object.entries(ALL_OPERATIONS).map(([path, route]) => [path, routeOf(route)])),
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      responses: Object.fromEntries(Object.entries(SHARED_ANSWERS).map(([name, one]) => [name, responseOf(one)])),
      schemas: toJsonSchemaDefs(ALL_COMPONENTS, CONVERSION),
    },
  };
}

if (import.meta.main) {
  const file = join(import.meta.dirname, "..", "public", "openapi.json");
  await writeFile(file, `${JSON.stringify(openapi(), null, 2)}\n`);
}
