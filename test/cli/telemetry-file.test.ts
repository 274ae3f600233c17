import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readTelemetryFile } from "../../src/cli/start/telemetry-file.ts";

async function read(text: string | undefined) {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-telemetry-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  if (text !== undefined) await writeFile(join(directory, "spanfold.toml"), text);
  const { variables, faults } = await readTelemetryFile(directory);
  return { variables, faults: faults.map((fault) => fault.replace(directory, "")) };
}

test("the table stands for the variables", async () => {
  expect(await read('[telemetry]\nenabled = true\nservice_name = "edge"\nsampling_rate = 0.5 # half\n')).toEqual({
    variables: { TELEMETRY_ENABLED: "true", TELEMETRY_SERVICE_NAME: "edge", TELEMETRY_SAMPLING_RATE: "0.5" },
    faults: [],
  });
});

test.each([
  ["no file", undefined],
  ["an empty file", ""],
  ["another table", "[page]\nenabled = false\n"],
])("%s says nothing", async (_, text) => {
  expect(await read(text)).toEqual({ variables: {}, faults: [] });
});

test("what is not known, and a file that is no TOML, is named", async () => {
  expect(await read("[telemetry]\nrate = 1\nenabled = false\n")).toEqual({
    variables: { TELEMETRY_ENABLED: "false" },
    faults: [
      "/spanfold.toml has telemetry.rate, which is not known: it may have enabled, service_name, sampling_rate.",
    ],
  });
  const { variables, faults } = await read("[telemetry\n");
  expect(variables).toEqual({});
  expect(faults).toEqual([expect.stringMatching(/^\/spanfold.toml is not read, and the defaults apply: .+\.$/)]);
});
