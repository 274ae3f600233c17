import type { Log } from "../log.ts";

/** The process's environment, where there is one. */
export function environmentOf(): object {
  return (globalThis as { readonly process?: { readonly env?: object } }).process?.env ?? {};
}

/** A number, or a list, or a choice out of text. A bad value is named in the log and counts as unset. */
export class EnvironmentReader {
  readonly #env: Readonly<Record<string, unknown>>;
  readonly #log: Log;

  /** `env` may also hold bindings of a Worker, which are no text. */
  constructor(env: object, log: Log) {
    this.#env = env as Readonly<Record<string, unknown>>;
    this.#log = log;
  }

  /** An empty value counts as unset, as the specification has it. */
  text(name: string): string | undefined {
    const value = this.#env[name];
    const text = typeof value === "string" ? value.trim() : "";
    return text === "" ? undefined : text;
  }

  reject(name: string, value: string, why: string, instead = "the default is used"): void {
    this.#log(`${name}="${value}" ${why}; ${instead}`);
  }

  /** For a value that may hold a credential: the log gets the name alone. */
  rejectSecret(name: string, why: string): void {
    this.#log(`${name} ${why}; the default is used`);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((one) => one === text.toLowerCase());
    if (choice === undefined) this.reject(name, text, `is none of ${choices.join(", ")}`);
    return choice;
  }

  /** A whole number from 0 to 2³¹ − 1. */
  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value <= MAX_WHOLE) return value;
    this.reject(name, text, "is no whole number of milliseconds or spans");
    return undefined;
  }

  isTrue(name: string): boolean {
    return this.oneOf(name, ["true", "false"]) === "true";
  }

  /** `key=value,key2=value2`: values are percent-encoded and may contain `=`. A bad pair is left out. */
  pairs(name: string): Record<string, string> {
    return Object.fromEntries(this.#pairs(name, "it is left out").filter((pair) => pair !== undefined));
  }

  /** The same, for resource attributes: one bad pair makes all of them void. */
  pairsOrNone(name: string): Record<string, string> {
    const pairs = this.#pairs(name, "all of them are left out");
    return pairs.includes(undefined) ? {} : Object.fromEntries(pairs.filter((pair) => pair !== undefined));
  }

  #pairs(name: string, instead: string): ([string, string] | undefined)[] {
    const members = (this.text(name) ?? "").split(",").filter((member) => member.trim() !== "");
    return members.map((member, index) => {
      const pair = pairOf(member);
      // Headers hold credentials: the log gets the place, not the value.
      if (pair === undefined) this.#log(`${name}: pair ${index + 1} is no percent-encoded key=value; ${instead}`);
      return pair;
    });
  }
}

const MAX_WHOLE = 2 ** 31 - 1;

function pairOf(member: string): [string, string] | undefined {
  const at = member.indexOf("=");
  const key = member.slice(0, at).trim();
  if (at < 1 || key === "") return undefined;
  try {
    return [decodeURIComponent(key), decodeURIComponent(member.slice(at + 1).trim())];
  } catch {
    return undefined;
  }
}
