import { describe, expect, test } from "vitest";
import { criticalPath } from "../../../src/session/timing/critical-path.ts";
import { idleGaps } from "../../../src/session/timing/idle-gaps.ts";
import { totalOf } from "../../../src/session/timing/interval.ts";
import { selfTime } from "../../../src/session/timing/self-time.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";
import { seconds, treeOf, words } from "./timed-tree.ts";
import type { HandNode } from "./timed-tree.ts";

const NOW = seconds(100);

const pathOf = (text: string): string =>
  criticalPath(treeOf(text).root, NOW)
    .map(({ key, from, to }) => `${key} ${words(from)}-${words(to)}`)
    .join(", ");

describe("the critical path", () => {
  test("goes through steps that follow each other", () => {
    expect(
      pathOf(`
agent 0-10
  model 1-4
  tool 5-9`),
    ).toBe("agent 0-1, model 1-4, agent 4-5, tool 5-9, agent 9-10");
  });

  test("follows the last of parallel children, and leaves out the others", () => {
    expect(
      pathOf(`
agent 0-10
  fast 1-4
  slow 1-9
  middle 2-6`),
    ).toBe("agent 0-1, slow 1-9, agent 9-10");
  });

  test("leaves out a child that still ran when the next part began", () => {
    expect(
      pathOf(`
agent 0-12
  early 0-4
  background 3-10
  last 5-12`),
    ).toBe("early 0-4, agent 4-5, last 5-12");
  });

  test("goes into the children of children", () => {
    expect(
      pathOf(`
team 0-10
  writer 0-6
    model 1-5
  reviewer 6-10
    model-2 6-9`),
    ).toBe("writer 0-1, model 1-5, writer 5-6, model-2 6-9, reviewer 9-10");
  });

  test("counts a child that outlives its parent only within it", () => {
    expect(
      pathOf(`
agent 0-5
  stream 2-9`),
    ).toBe("agent 0-2, stream 2-5");
  });

  test("counts a child whose clock is early only within its parent", () => {
    expect(
      pathOf(`
agent 5-10
  tool 3-7
  tool-2 1-4`),
    ).toBe("tool 5-7, agent 7-10");
  });

  test("takes a missing parent for what its children say of it", () => {
    expect(
      pathOf(`
[missing] 2-8
  model 2-5
  tool 6-8`),
    ).toBe("model 2-5, [missing] 5-6, tool 6-8");
  });

  test("ends at the present while steps run", () => {
    expect(
      pathOf(`
agent 80-…
  model 81-90
  tool 92-…`),
    ).toBe("agent 80-81, model 81-90, agent 90-92, tool 92-100");
  });

  test("of a span whose end is before its start is empty", () => {
    expect(pathOf("agent 9-5")).toBe("");
  });

  law("covers the root's time once, in order", seedsFrom(1, 200), (seed) => {
    const { root } = randomTree(new Random(seed));
    const path = criticalPath(root, NOW);
    expect(totalOf(path)).toBe(root.end - root.start);
    for (const [at, part] of path.entries()) {
      expect(part.to > part.from).toBe(true);
      expect(part.from).toBe(at === 0 ? root.start : path[at - 1]?.to);
    }
  });

  // The deepest row starts when it ends: it has no part.
  test("of a chain of 50,000 rows is found", () => {
    let root: HandNode | undefined;
    for (let depth = 50_000; depth > 0; depth--) {
      const end = seconds(100_000 - depth);
      root = {
        key: String(depth),
        start: seconds(depth),
        end,
        running: false,
        span: true,
        children: root ? [root] : [],
      };
    }
    if (root === undefined) throw new RangeError("no chain");
    expect(criticalPath(root, NOW)).toHaveLength(99_997);
  });
});

describe("self time", () => {
  test.each([
    ["without children is the whole time", "agent 0-10", "10"],
    ["leaves out what children worked", "agent 0-10\n  model 1-4\n  tool 5-9", "3"],
    ["counts parallel children once", "agent 0-10\n  a 1-5\n  b 2-6\n  c 6-7", "4"],
    ["leaves out only what lies inside", "agent 5-10\n  early 1-6\n  late 9-20", "3"],
    ["of a running row lasts until now", "agent 80-…\n  model 81-91\n  tool 95-…", "5"],
    ["of a row whose end is before its start is none", "agent 9-5\n  model 6-7", "0"],
  ])("%s", (_, text, expected) => {
    expect(words(selfTime(treeOf(text).root, NOW))).toBe(expected);
  });
});

describe("idle gaps", () => {
  const gapsOf = (text: string): string => {
    const { root, rows } = treeOf(text);
    const whole = { from: root.start, to: root.running ? NOW : root.end };
    return idleGaps(rows, whole, NOW)
      .map(({ from, to }) => `${words(from)}-${words(to)}`)
      .join(", ");
  };

  test("are the times in which nothing works, though an agent lasts", () => {
    expect(gapsOf("agent 0-100\n  model 0-10\n  tool 12-20\n  model-2 60-100")).toBe("20-60");
  });

  test("are longer than 5 s", () => {
    expect(gapsOf("agent 0-20\n  a 0-5\n  b 10-15\n  c 15-20")).toBe("");
    expect(gapsOf("agent 0-20\n  a 0-5\n  b 10.001-15\n  c 15-20")).toBe("5-10.001");
  });

  test("are longer than a twentieth of the session", () => {
    expect(gapsOf("agent 0-1000\n  a 0-400\n  b 450-1000")).toBe("");
    expect(gapsOf("agent 0-1000\n  a 0-400\n  b 451-1000")).toBe("400-451");
  });

  test("do not lie within a long step, nor where it runs in parallel", () => {
    expect(gapsOf("agent 0-100\n  long 0-100\n  b 5-10\n  c 90-95")).toBe("");
  });

  test("end where a running step began", () => {
    expect(gapsOf("agent 0-…\n  a 0-10\n  b 80-…")).toBe("10-80");
  });
});

function randomTree(random: Random): { readonly root: HandNode } {
  const grow = (name: string, from: number, to: number, depth: number): HandNode => ({
    key: name,
    start: seconds(from),
    end: seconds(to),
    running: false,
    span: true,
    children: Array.from({ length: depth === 0 ? 0 : random.below(4) }, (_, at) => {
      const start = from - 2 + random.below(to - from + 4);
      return grow(`${name}.${at}`, start, start + random.below(20), depth - 1);
    }),
  });
  return { root: grow("0", 20, 20 + 1 + random.below(60), 4) };
}
