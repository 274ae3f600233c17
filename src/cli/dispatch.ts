import { readFileSync } from "node:fs";
import { join } from "node:path";
import { visibleText } from "../lib/visible-text.ts";
import { packageRoot } from "./package-root.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A command of `spanfold`. Its file in `src/cli` exports `run`, and is loaded when the command is called. */
export type Command = {
  readonly name: string;
  /** What follows the name, such as `[session] [--json]`. */
  readonly usage: string;
  /** One line, shown in the list of commands. */
  readonly summary: string;
  /** Options, environment variables and exit codes, one line each. */
  readonly details?: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
};

/** Runs a command with what follows its name; answers the exit code of the process. */
export type Run = (args: readonly string[], environment: Environment) => Promise<number>;

/** A mistake in a command line: what to change, as a sentence. `dispatch` prints it, with how to get help, and exits with 64 (EX_USAGE). */
export class UsageError extends Error {}

export const EX_USAGE = 64;
const EX_IOERR = 74;

/** A command that cannot do its work: why, and what helps, as sentences. `dispatch` prints them, and exits with the code. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command that runs when none is named. */
const DEFAULT = "start";

/** Runs the command that the first argument names; answers the exit code. */
export async function dispatch(
  commands: readonly Command[],
  args: readonly string[],
  environment: Environment,
): Promise<number> {
  const [first = DEFAULT, ...rest] = args;
  if (first === "--version" || first === "-v") return print(version());
  if (first === "--help" || first === "-h") return print(help(commands));
  if (first === "help") {
    const [about] = rest;
    if (about === undefined) return print(help(commands));
    const command = commands.find(({ name }) => name === about);
    return command === undefined ? unknown(commands, about) : print(helpOf(command));
  }
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return unknown(commands, first);
  // After `--` an argument is no option.
  const options = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (options.some((option) => option === "--help" || option === "-h")) return print(helpOf(command));
  const { run } = await command.load();
  try {
    return await run(rest, environment);
  } catch (error) {
    if (error instanceof CommandError) return refuse(error.message, error.exitCode);
    // A file or a folder that cannot be read or written: the system's own words name it.
    if (error instanceof Error && "syscall" in error && "path" in error) return refuse(`${error.message}.`, EX_IOERR);
    const sentence = usageMistake(error);
    if (sentence === undefined) throw error;
    return refuse(`${sentence}\n  spanfold ${command.name} --help lists its options.`);
  }
}

/** `parseArgs` of Node throws errors of its own for unknown options and missing values. */
function usageMistake(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return undefined;
  // After its first sentence Node explains arguments that begin with a dash, which no command has.
  return error.code.startsWith("ERR_PARSE_ARGS_") ? error.message.replace(/\. To specify .*$/s, ".") : undefined;
}

function unknown(commands: readonly Command[], name: string): number {
  const kind = name.startsWith("-") ? "option" : "command";
  const near = commands.find((command) => isNear(command.name, name));
  const guess = near === undefined ? "" : ` Did you mean ${near.name}?`;
  return refuse(`There is no ${kind} "${name}".${guess}\n  spanfold --help lists the commands.`);
}

/** Whether one letter more, less or other, or two that changed places, make one name the other. */
function isNear(name: string, given: string): boolean {
  if (given.length > 1 && name.startsWith(given)) return true;
  let from = 0;
  while (from < name.length && name[from] === given[from]) from++;
  const [a, b] = [name.slice(from), given.slice(from)];
  return [
    a.slice(1) === b.slice(1),
    a.slice(1) === b,
    a === b.slice(1),
    a.length > 1 && `${a[1]}${a[0]}${a.slice(2)}` === b,
  ].includes(true);
}

/** The help of the program, drawn from the table of its commands. */
export function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Watch agent sessions live. Without a command: start.",
    "",
    "  spanfold <command>",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "  --help, -h     this text; after a command, that command's options",
    "  --version, -v",
  ].join("\n");
}

export function helpOf({ name, usage, summary, details = [] }: Command): string {
  return [
    `spanfold ${name} ${usage}`.trimEnd(),
    "",
    `  ${summary}`,
    ...(details.length === 0 ? [] : [""]),
    ...details.map((line) => `  ${line}`.trimEnd()),
  ].join("\n");
}

function version(): string {
  const file = join(packageRoot(import.meta.dirname), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function refuse(text: string, exitCode = EX_USAGE): number {
  // Answers of servers, and with them text of spans, may stand in it.
  console.error(`\n  ${visibleText(text)}\n`);
  return exitCode;
}
