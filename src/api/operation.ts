/** The parts of a route's description. */
import type * as v from "valibot";
import type { Parameters } from "./parameter.ts";
import { ProblemSchema } from "./problem-schema.ts";

/** By media type; `undefined` for a form without a schema. The schema of a stream describes each of its events. */
type Content = Readonly<Record<string, v.GenericSchema | "text" | "binary" | undefined>>;

export type Answer = { readonly description: string; readonly content?: Content };

export type Operation = {
  readonly summary: string;
  /** Of the URL's query. */
  readonly parameters?: readonly DescribedParameters[];
  readonly body?: Content;
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Needs no token. */
  readonly isPublic?: boolean;
};

export type Route = {
  /** The parts of the path that vary, with what they name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly get?: Operation;
  readonly post?: Operation;
  readonly put?: Operation;
  readonly delete?: Operation;
};

/** By path, in the form of OpenAPI. */
export type Operations = Readonly<Record<string, Route>>;

export function json(description: string, schema: v.GenericSchema, others: Content = {}): Answer {
  return { description, content: { "application/json": schema, ...others } };
}

/** Parameters with what they mean. The texts stand beside the schemas: the Worker reads parameters by these, and loads no text. */
export type DescribedParameters = Pick<Parameters, "entries"> & { readonly texts: Readonly<Record<string, string>> };

export function described<const Entries extends Parameters["entries"]>(
  { entries }: { readonly entries: Entries },
  texts: Readonly<Record<keyof Entries & string, string>>,
): DescribedParameters {
  return { entries, texts };
}

export function problem(description: string): Answer {
  return { description, content: { "application/problem+json": ProblemSchema } };
}

/** Answers of every route that is not public, with their names in openapi.json. */
export const SHARED_ANSWERS = {
  NoToken: problem("Missing or unknown token."),
  NoRight: problem("The token lacks this right, or the request is not addressed to this machine."),
  OtherMethod: problem("The path has other methods: `Allow` lists them."),
  NotNow: problem("Not set up yet, or a temporary error: try again."),
};

export const REFUSALS = {
  401: SHARED_ANSWERS.NoToken,
  403: SHARED_ANSWERS.NoRight,
  405: SHARED_ANSWERS.OtherMethod,
  503: SHARED_ANSWERS.NotNow,
};
