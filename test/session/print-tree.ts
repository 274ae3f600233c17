import type { SessionSummary } from "../../src/session/summary.ts";
import type { SessionTree } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";

/** One line a node, indented: name, seconds since the tests' day began, what is odd about it, what lies below. */
export function printTree(tree: SessionTree): string[] {
  return tree.rows.map((node) => {
    const id = node.spanId.replace(/^0+/, "");
    const holder = node.badges.includes("trace");
    const name = holder
      ? `<${node.name || "trace"}>`
      : node.span
        ? node.name
        : `(${node.name === "" ? id : `${id} ${node.name}`})`;
    const words = [
      name,
      `${seconds(node.start)}–${seconds(node.end)}`,
      ...(node.running ? ["running"] : []),
      ...(node.span || node.awaited ? [] : ["never came"]),
      ...(node.error ? ["error"] : node.worst === "error" ? ["error below"] : []),
      ...(node.descendants > 0 ? [`+${node.descendants}`] : []),
      ...(holder ? [] : node.badges).map((mark) => `[${mark}]`),
    ];
    return "  ".repeat(node.depth) + words.join(" ");
  });
}

function seconds(instant: bigint): string {
  if (instant === 0n) return "zero";
  if (instant === 2n ** 64n - 1n) return "max";
  return String(Number(instant - at(0)) / 1e9);
}

/** The time axis of the page. */
export const axisOf = ({ start, end }: SessionTree) => ({ start: String(start), end: String(end) });

/** The extent of a session in its summary; of no session: zero. */
export const timesIn = (summary: Pick<SessionSummary, "start" | "end"> | undefined) => ({
  start: summary?.start ?? "0",
  end: summary?.end ?? "0",
});
