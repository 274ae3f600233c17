import { copyFile, mkdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { AgentSettings } from "../../otel/agent-settings.ts";
import type { Variables } from "../../otel/exporter-variables.ts";
import type { Environment } from "../dispatch.ts";

/** What was done, or why nothing was, as text to print. */
export type Written = { readonly ok: boolean; readonly text: string };

/** A file of settings, and how these come into what stands there. */
type Target = {
  readonly file: string;
  /** The new text, or why a person should change it. `before` is empty where there is no file. */
  readonly change: (before: string) => string | { readonly refused: string };
  /** What a person then puts in, without the token. */
  readonly byHand: string;
  /** What to do next. */
  readonly next: string;
};

/** Writes an agent's settings into its own file, after a copy of what stood there. `shown`: the same without the token, to print. */
export async function writeSettings(
  settings: AgentSettings,
  shown: AgentSettings,
  environment: Environment,
): Promise<Written> {
  const target = targetOf(settings, shown, environment["HOME"] || homedir());
  if (target === undefined)
    return {
      ok: false,
      text: `There is no file for this: set it by hand.\n\n${shown.snippets.map(({ into, text }) => `${into}:\n\n${text}`).join("\n\n")}`,
    };
  const { change, byHand, next } = target;
  // Of a link, the file that it names: the link stays.
  const file = await realpath(target.file).catch(() => target.file);
  const before = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const after = change(before ?? "");
  if (typeof after !== "string")
    return { ok: false, text: `${file}: ${after.refused}, so put this in by hand:\n\n${byHand}` };
  if (after === before) return { ok: true, text: `${file} has these settings already.\n${next}` };
  const backup =
    before === undefined ? undefined : `${file}.backup-${new Date().toISOString().replaceAll(/[-:]|\..*/g, "")}`;
  if (backup !== undefined) await copyFile(file, backup);
  await replaceFile(file, after);
  const kept = backup === undefined ? "" : `\nWhat stood there is in ${backup}`;
  return { ok: true, text: `Written: ${file}${kept}\n${next}` };
}

function targetOf(settings: AgentSettings, shown: AgentSettings, home: string): Target | undefined {
  const { id, variables = [] } = settings;
  const envOf = (given: Variables = []): Json => ({ env: Object.fromEntries(given) });
  const byHand = shown.snippets[0]?.text ?? "";
  const [first] = settings.snippets;
  const second = shown.snippets[1]?.text;
  switch (id) {
    case "claude-code":
      return {
        file: join(home, ".claude", "settings.json"),
        change: (before) => mergeJson(before, envOf(variables), isOfAnother(before, variables)),
        byHand: JSON.stringify(envOf(shown.variables), undefined, 2),
        next: "Now start claude.",
      };
    case "codex":
      return {
        file: join(home, ".codex", "config.toml"),
        change: (before) => replaceTable(before, "otel", first?.text ?? ""),
        byHand,
        next: "Now start codex.",
      };
    case "gemini":
      return {
        file: join(home, ".gemini", "settings.json"),
        change: (before) => mergeJson(before, JSON.parse(first?.text ?? "{}") as Json),
        byHand,
        next: second === undefined ? "Now start gemini." : `Its token has to stand in the environment:\n\n${second}`,
      };
    case "ai-sdk":
    case "node":
      return {
        file: resolve(".env"),
        change: (before) => mergeVariables(before, variables, isOfAnother(before, variables)),
        byHand,
        next: `Now start the program with it: node --env-file=.env …\n\n${second}`,
      };
    case "python":
      return {
        file: resolve(".env"),
        change: (before) => mergeVariables(before, variables, isOfAnother(before, variables)),
        byHand,
        next: `Now start the program with it: set -a; . ./.env; set +a\n\n${second}`,
      };
    case "collector":
      return {
        file: resolve("spanfold-collector.yaml"),
        change: () => `${first?.text}\n`,
        byHand,
        next: "Now start the Collector with both files: otelcol --config config.yaml --config spanfold-collector.yaml",
      };
    case "cloudflare":
      return undefined;
  }
}

const HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";

/** Whether the headers that stand there, such as a token, are for another program: this one must not get them. */
const isOfAnother = (before: string, variables: Variables): "headers of another program" | "none" => {
  const endpoint = variables.find(([name]) => name === "OTEL_EXPORTER_OTLP_ENDPOINT")?.[1];
  return endpoint === undefined || before.includes(endpoint) || variables.some(([name]) => name === HEADERS)
    ? "none"
    : "headers of another program";
};

type Json = { readonly [key: string]: unknown };

/** Sets members of objects in a file of JSON; whatever else stands there stays. */
export function mergeJson(
  before: string,
  wanted: Json,
  stale: ReturnType<typeof isOfAnother> = "none",
): string | { readonly refused: string } {
  let present: unknown;
  try {
    present = before.trim() === "" ? {} : JSON.parse(before);
  } catch {
    return { refused: "it is no plain JSON" };
  }
  if (!isObject(present)) return { refused: "it holds no JSON object" };
  const merged = merge(present, wanted);
  if (stale !== "none" && isObject(merged["env"])) Reflect.deleteProperty(merged["env"], HEADERS);
  return JSON.stringify(merged) === JSON.stringify(present) ? before : `${JSON.stringify(merged, undefined, 2)}\n`;
}

function merge(present: Json, wanted: Json): Json {
  const changed = Object.entries(wanted).map(([key, value]) => {
    const there = present[key];
    return [key, isObject(value) && isObject(there) ? merge(there, value) : value] as const;
  });
  return { ...present, ...Object.fromEntries(changed) };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Puts a table of TOML in the place of the one with its name and of those below it, else at the end. A parser would lose the comments. */
export function replaceTable(before: string, name: string, table: string): string | { readonly refused: string } {
  // Lines show where a table begins only if no text spans them, and if it stands in no other form.
  if (/"""|'''/.test(before) || new RegExp(`^\\s*(${name}\\s*[.=]|\\[{1,2}\\s*["'])`, "m").test(before))
    return { refused: "it has a form that only a person should change" };
  const end = before.includes("\r\n") ? "\r\n" : "\n";
  const lines = before.split(/\r?\n/);
  const header = (line: string) => /^\s*\[{1,2}\s*([^\]]+?)\s*\]/.exec(line)?.[1];
  const isOwn = (line: string) => {
    const found = header(line);
    return found === name || found?.startsWith(`${name}.`) === true;
  };
  const kept: string[] = [];
  let position: number | undefined;
  let isInside = false;
  /** Comments after the table's last key belong to what follows. */
  let comments: string[] = [];
  for (const line of lines) {
    if (header(line) !== undefined) {
      isInside = isOwn(line);
      if (isInside) position ??= kept.length;
      else kept.push(...comments);
      comments = [];
    } else if (isInside) comments = /^\s*#/.test(line) ? [...comments, line] : [];
    if (!isInside) kept.push(line);
  }
  kept.push(...comments);
  const own = table.split("\n");
  if (position === undefined) return [...(before.trim() === "" ? [] : [before.trimEnd(), ""]), ...own, ""].join(end);
  const rest = kept.slice(position);
  const next = [...kept.slice(0, position), ...own, ...(rest.length === 0 ? [] : ["", ...rest])];
  return `${next.join(end).trimEnd()}${end}`;
}

/** Sets variables in a file that shells and Node read: a line each. */
export function mergeVariables(
  before: string,
  variables: Variables,
  stale: ReturnType<typeof isOfAnother> = "none",
): string {
  const line = ([name, value]: Variables[number]) => `${name}=${shellQuoted(value)}`;
  const wanted = new Map(variables.map((variable) => [variable[0], line(variable)]));
  const lines = before.split("\n").flatMap((present) => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(present)?.[1];
    if (stale !== "none" && name === HEADERS) return [];
    const own = name === undefined ? undefined : wanted.get(name);
    if (own !== undefined && name !== undefined) wanted.delete(name);
    return [own ?? present];
  });
  const kept = lines.join("\n").replace(/\n+$/, "");
  return `${[...(kept === "" ? [] : [kept]), ...wanted.values()].join("\n")}\n`;
}

/** Single quotes: shells and Node expand nothing in them. */
function shellQuoted(value: string): string {
  return /^[\w.,:/%=@+~-]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** In one step, so that a program that reads it finds one text or the other. A file may hold a token: a new one is its owner's. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const mode = await stat(file).then(
    (present) => present.mode & 0o777,
    () => 0o600,
  );
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, text, { mode });
  await rename(partial, file);
}
