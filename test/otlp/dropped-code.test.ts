import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("dropped-code-child.ts", import.meta.url));

/** Functions that run for each export, span or attribute. */
const HOT = {
  json: "decodeJson readItemsOfScope readSpan readAttributes readValue keepText inline beginSpan",
  protobuf: "decodeProtobuf readItemsOfScope readSpan readAttribute readAnyValue varint tag text",
};
const OF_BOTH = "enter leave canonicalSpan countsAsError #groupFor encodeDelivery";

for (const encoding of ["json", "protobuf"] as const) {
  test(`a full collection drops no code that exports in ${encoding} run, since their layouts are kept`, async () => {
    const hot = `${HOT[encoding]} ${OF_BOTH}`.split(" ");
    const [kept, lost] = await Promise.all([droppedCode(encoding, "kept"), droppedCode(encoding, "lost")]);
    expect(hot.filter((name) => kept.has(name))).toEqual([]);
    // Without them nearly all goes.
    expect(hot.filter((name) => lost.has(name)).length).toBeGreaterThan(hot.length / 2);
  });
}

/** Names of the functions whose optimised code a full collection drops, as the objects that it knows are gone. */
async function droppedCode(encoding: string, layouts: "kept" | "lost"): Promise<ReadonlySet<string>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", "--trace-deopt", CHILD, encoding, layouts],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const dropped = stdout.matchAll(/SharedFunctionInfo (\S+?)>\).*embedded weak objects cleared/g);
  return new Set(Array.from(dropped, ([, name = ""]) => name));
}
