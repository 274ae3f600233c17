import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otlpReceiver } from "../sinks/real/otlp-receiver.ts";
import { run, startProgram, temporaryDirectory } from "./program.ts";

/** As kubectl prints it. */
const SECRET = `apiVersion: v1
data:
  OTEL_EXPORTER_OTLP_ENDPOINT: ${btoa("http://langfuse:3000/api/public/otel")}
  OTEL_EXPORTER_OTLP_HEADERS: ${btoa("Authorization=Basic cGs6c2s=")}
kind: Secret
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Secret"}
  creationTimestamp: "2026-11-30T09:00:00Z"
  name: otel-environment-variables
  namespace: team-a
  resourceVersion: "812"
type: Opaque
`;
const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: otel-environment-variables }
data:
  # A comment, and a folded text
  OTEL_EXPORTER_OTLP_ENDPOINT: >-
    http://jaeger:4318
`;

test("manifests in YAML are set as they are, then listed and removed", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const folder = await temporaryDirectory();
  const [one, many, list] = ["one.yaml", "many.yaml", "list.yaml"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(one, SECRET);
  await writeFile(many, `${CONFIG_MAP}---\napiVersion: v1\nkind: Service\nmetadata: { name: jaeger }\n`);
  const item = SECRET.replaceAll("team-a", "team-c").replaceAll(/^/gm, "  ").replace(/^ {2}/, "- ").trimEnd();
  await writeFile(list, `apiVersion: v1\nkind: List\nitems:\n${item}\n`);
  const upstreams = (...args: string[]) => run("upstreams", [...args, "--url", program.url]);
  expect(await upstreams("apply", "-f", one, "-f", list)).toEqual({
    code: 0,
    output:
      "put namespace.team-a, http://langfuse:3000/api/public/otel/v1/traces\n" +
      "put namespace.team-c, http://langfuse:3000/api/public/otel/v1/traces\n",
  });
  expect(await upstreams("apply", "-f", many)).toMatchObject({
    code: 1,
    output: expect.stringContaining(
      "metadata.namespace must be the name of a namespace. --namespace gives it one.",
    ) as string,
  });
  expect(await upstreams("apply", "-f", many, "-n", "team-b")).toMatchObject({ code: 0 });
  expect((await upstreams()).output).toBe(
    [
      "namespace.team-a  on  http://langfuse:3000/api/public/otel/v1/traces  0 delivered",
      "namespace.team-b  on  http://jaeger:4318/v1/traces  0 delivered",
      "namespace.team-c  on  http://langfuse:3000/api/public/otel/v1/traces  0 delivered",
      "",
    ].join("\n"),
  );
  expect(await upstreams("delete", "namespace.team-b")).toEqual({ code: 0, output: "deleted namespace.team-b\n" });
  expect(await upstreams("delete", "namespace.team-b")).toMatchObject({ code: 1 });
  const left = (await upstreams("list", "--json")).output.trim().split("\n");
  expect(left.map((line) => (JSON.parse(line) as { headers: unknown }).headers)).toEqual([
    ["Authorization"],
    ["Authorization"],
  ]);
});

test("a namespace's Secret and ConfigMap are one upstream", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const example = join(import.meta.dirname, "..", "..", "deploy", "examples", "langfuse.yaml");
  expect(await run("upstreams", ["apply", "-f", example, "--url", program.url])).toEqual({
    code: 0,
    output: "put namespace.team-c, http://langfuse-web.langfuse.svc:3000/api/public/otel/v1/traces\n",
  });
  const shown = await fetch(`${program.url}/admin/upstreams/namespace.team-c`);
  expect(await shown.json()).toMatchObject({ headers: ["Authorization"] });
});

test("a file that is no YAML, or sets nothing, puts nothing, and is not quoted", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const file = join(await temporaryDirectory(), "given.yaml");
  const apply = async (text: string) => {
    await writeFile(file, text);
    const { code, output } = await run("upstreams", ["apply", "-f", file, "--url", program.url]);
    return [code, output.trim()];
  };
  expect(await apply("kind: Secret\nstringData:\n  a: [sk-secret\n")).toEqual([
    1,
    `${file} is no YAML: bad indent in line 4.`,
  ]);
  expect(await apply("kind: Secret\nmetadata: { name: other }\n")).toEqual([
    1,
    `${file} has no Secret or ConfigMap named otel-environment-variables.`,
  ]);
  expect(await apply("")).toEqual([1, `${file} has no Secret or ConfigMap named otel-environment-variables.`]);
  expect(await apply(SECRET.replace(/HEADERS: .*/, `HEADERS: ${btoa("sk-secret")}`))).toEqual([
    1,
    "team-a: refused: header 1 must be a percent-encoded name=value.",
  ]);
  expect((await run("upstreams", ["--url", program.url])).output).toContain("No upstream");
  for (const args of [["apply"], ["test"], ["delete", "a", "b"], ["put"], ["list", "a"]])
    expect(await run("upstreams", [...args, "--url", program.url])).toMatchObject({ code: 64 });
});

test("a test says what came back", async () => {
  const receiver = await otlpReceiver();
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const put = async (name: string, endpoint: string) =>
    await fetch(`${program.url}/admin/upstreams/${name}`, { method: "PUT", body: JSON.stringify({ endpoint }) });
  await put("good", receiver.url);
  await put("page", program.url.replace("127.0.0.1", "localhost"));
  const good = await run("upstreams", ["test", "good", "--url", program.url]);
  expect(good).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^accepted: status 200 after \d+ ms\n/) as string,
  });
  expect(receiver.received.flatMap(({ spans }) => spans.map(({ name }) => name))).toEqual(["spanfold test"]);
  const looped = await run("upstreams", ["test", "page", "--url", program.url]);
  expect(looped).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^refused: status 508 after \d+ ms\n/) as string,
  });
  expect(await run("upstreams", ["replay", "good", "--url", program.url])).toEqual({
    code: 0,
    output: expect.stringMatching(/^0\straces delivered again\n$/) as string,
  });
});
