import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** A command of `spanfold` in a terminal, as its reader sees it. */
export type TerminalRun = {
  /** The lines that the terminal shows, without blanks at their ends. */
  readonly lines: () => readonly string[];
  readonly text: () => string;
  readonly press: (keys: string) => void;
  readonly exitCode: () => number | undefined;
};

export function runInTerminal(
  args: readonly string[],
  environment: Record<string, string>,
  { columns = 100, rows = 30 } = {},
): TerminalRun {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = spawn(process.execPath, [join(root, "src", "cli", "spanfold.ts"), ...args], {
    cols: columns,
    rows,
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm-256color", ...environment },
  });
  let code: number | undefined;
  child.onData((data) => terminal.write(data));
  child.onExit(({ exitCode }) => (code = exitCode));
  onTestFinished(() => {
    if (code === undefined) child.kill("SIGKILL");
    terminal.dispose();
  });
  const lines = (): readonly string[] => {
    const { active } = terminal.buffer;
    return Array.from(
      { length: rows },
      (_, at) => active.getLine(active.viewportY + at)?.translateToString(true) ?? "",
    );
  };
  return {
    lines,
    // Units never wrap; a reader of a test sees a blank.
    text: () =>
      lines()
        .join("\n")
        .replaceAll(/[\u00a0\u202f]/g, " ")
        .trimEnd(),
    press: (keys) => child.write(keys),
    exitCode: () => code,
  };
}
