import type { TimedNode } from "../../../src/session/timing/interval.ts";

/** A tree written by hand, one row a line: `<indent><name> <start>-<end>` in seconds; `…` instead of the end: it runs. */
export interface HandNode extends TimedNode<HandNode> {
  readonly span?: true;
  readonly children: HandNode[];
}

const SECOND = 1_000_000_000n;

export const seconds = (value: number): bigint => (BigInt(Math.round(value * 1_000)) * SECOND) / 1_000n;

export const words = (nanoseconds: bigint): string => String(Number(nanoseconds) / 1e9);

/** A name in brackets is a placeholder. */
export function treeOf(text: string): { readonly root: HandNode; readonly rows: readonly HandNode[] } {
  const rows: HandNode[] = [];
  const path: HandNode[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, indent = "", name = "", start = "", end = ""] = /^( *)(\S+) ([\d.]+)-(…|[\d.]+)$/.exec(line) ?? [];
    const isMissing = name.startsWith("[");
    const node: HandNode = {
      key: name,
      start: seconds(Number(start)),
      end: end === "…" ? 0n : seconds(Number(end)),
      running: end === "…",
      children: [],
      ...(isMissing ? {} : { span: true }),
    };
    const depth = indent.length / 2;
    path.length = depth;
    path.at(-1)?.children.push(node);
    path.push(node);
    rows.push(node);
  }
  const [root] = rows;
  if (root === undefined) throw new RangeError("a tree without rows");
  return { root, rows };
}
