import { isRecord } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

/** What is wrong with a body with settings: English, one sentence without its full stop. It names no secret. */
export class Fault extends Error {}

export type Reading<Given> = ({ readonly ok: true } & Given) | { readonly ok: false; readonly error: string };

/** What `read` gives, or the Fault that it throws. */
export function readingOf<Given extends object>(read: () => Given): Reading<Given> {
  try {
    return { ok: true, ...read() };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, error: error.message };
    throw error;
  }
}

/** A body that has no other fields. `of`: what they are fields of, with its article. */
export function recordOf(body: unknown, fields: ReadonlySet<string>, of: string): PlainRecord {
  if (!isRecord(body)) throw new Fault("the body must be a JSON object");
  const unknown = Object.keys(body).find((field) => !fields.has(field));
  if (unknown !== undefined) throw new Fault(`${unknown} is no field of ${of}`);
  return body;
}

export function numberIn(body: PlainRecord, name: string, least: number, most: number): number | undefined {
  const given = body[name];
  if (given === undefined) return undefined;
  if (typeof given !== "number" || !(given >= least && given <= most))
    throw new Fault(`${name} must be a number from ${least} to ${most}`);
  return given;
}

export function choiceIn<Choice extends string>(
  body: PlainRecord,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const given = body[name];
  if (given === undefined) return undefined;
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw new Fault(`${name} must be ${choices.join(" or ")}`);
  return choice;
}
