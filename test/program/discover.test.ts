import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { run, start, startProgram, temporaryDirectory } from "./program.ts";

const LANGFUSE = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://langfuse.telemetry.svc:3000/api/public/otel",
  OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic cGs6c2s=",
};
const to = (host: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:4318` });

type Shown = { readonly name: string; readonly endpoint: string; readonly headers: readonly string[] };

/** The server's upstreams: `name endpoint headers`. */
async function upstreamsAt(url: string): Promise<readonly string[]> {
  const answer = (await (await fetch(`${url}/admin/upstreams`)).json()) as { readonly upstreams: readonly Shown[] };
  return answer.upstreams.map(({ name, endpoint, headers }) => [name, endpoint, ...headers].join(" ")).toSorted();
}

const discover = (api: KubernetesApi, url: string, ...more: string[]) =>
  start("discover", ["--api", api.url, "--url", url, ...more]);

test("a namespace's Secret and ConfigMap are its upstream as long as they are there", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const api = await KubernetesApi.start();
  api.set("Secret", "team-a", LANGFUSE);
  api.set("Secret", "team-a", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://elsewhere" }, "another-name");
  api.set("ConfigMap", "team-b", { ...to("jaeger"), OTEL_SERVICE_NAME: "b" });
  api.set("ConfigMap", "team-c", { OTEL_SERVICE_NAME: "has no endpoint" });
  // Exporters that send to the server itself.
  api.set("Secret", "team-d", { OTEL_EXPORTER_OTLP_ENDPOINT: `${program.url}/v1/traces` });
  const upstreams = async () => await upstreamsAt(program.url);
  const command = discover(api, program.url);
  await expect
    .poll(upstreams)
    .toEqual([
      "namespace.team-a http://langfuse.telemetry.svc:3000/api/public/otel/v1/traces Authorization",
      "namespace.team-b http://jaeger:4318/v1/traces",
    ]);
  // Of both, the Secret comes first: what it does not have is the ConfigMap's.
  api.set("Secret", "team-b", { OTEL_EXPORTER_OTLP_HEADERS: "x-key=sk-secret" });
  api.delete("Secret", "team-a");
  await expect.poll(upstreams).toEqual(["namespace.team-b http://jaeger:4318/v1/traces x-key"]);
  api.set("Secret", "team-b", { ...to("tempo"), OTEL_EXPORTER_OTLP_HEADERS: "x-key=sk-secret" });
  await expect.poll(upstreams).toEqual(["namespace.team-b http://tempo:4318/v1/traces x-key"]);
  api.delete("Secret", "team-b");
  await expect.poll(upstreams).toEqual(["namespace.team-b http://jaeger:4318/v1/traces"]);
  api.set("ConfigMap", "team-b", {});
  await expect.poll(upstreams).toEqual([]);
  expect(await command.stop()).toBe(0);
  expect(command.output()).toContain("team-b: put namespace.team-b, http://tempo:4318/v1/traces");
  expect(command.output()).toContain("team-a: deleted namespace.team-a");
  expect(command.output()).not.toMatch(/cGs6c2s|sk-secret/);
});

test("what changed while the command was away is made up for, and upstreams of others stay", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const put = async (name: string, body: object) => {
    const response = await fetch(`${program.url}/admin/upstreams/${name}`, {
      method: "PUT",
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  };
  await put("by-hand", { endpoint: "http://hand", match: { namespace: "team-a" } });
  await put("other.team-a", { endpoint: "http://cluster", match: { namespace: "team-a" } });
  const others = ["by-hand http://hand/v1/traces", "other.team-a http://cluster/v1/traces"];
  const api = await KubernetesApi.start();
  // More than one page of a list.
  api.pageSize = 2;
  for (const team of ["a", "b", "c", "d", "e"]) api.set("Secret", `team-${team}`, to(team));
  const upstreams = async () => await upstreamsAt(program.url);
  const first = discover(api, program.url);
  const named = (...teams: string[]) =>
    [...others, ...teams.map((team) => `namespace.team-${team} http://${team}:4318/v1/traces`)].toSorted();
  await expect.poll(upstreams).toEqual(named("a", "b", "c", "d", "e"));
  await first.stop();
  api.delete("Secret", "team-a");
  api.set("Secret", "team-f", to("f"));
  await put("namespace.team-b", { endpoint: "http://changed", match: { namespace: "team-b" } });
  discover(api, program.url);
  await expect.poll(upstreams).toEqual(named("b", "c", "d", "e", "f"));
});

test("a watch that ends goes on where it was; a version that is too old is a new list", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const api = await KubernetesApi.start();
  api.set("Secret", "team-a", to("a"));
  const upstreams = async () => await upstreamsAt(program.url);
  const command = discover(api, program.url);
  await expect.poll(() => api.watches).toBe(2);
  api.set("Secret", "team-b", to("b"));
  const seen = api.version;
  await expect.poll(upstreams).toHaveLength(2);
  for (const how of ["properly", "broken"] as const) {
    await expect.poll(() => api.watches).toBe(2);
    api.asked.length = 0;
    // A watch that brings nothing, and ends at once, is opened again later and later.
    api.bookmark();
    api.end(how);
    api.set("Secret", "team-c", to(how));
    await expect.poll(upstreams).toContain(`namespace.team-c http://${how}:4318/v1/traces`);
    expect(api.asked.filter((line) => line.startsWith("list"))).toEqual([]);
  }
  await command.prints("Secrets: the connection to the API server broke");
  expect(api.asked.findLast((line) => line.startsWith("watch Secret"))).toBe(`watch Secret from ${seen + 1}`);
  for (const gone of ["status", "event"] as const) {
    await expect.poll(() => api.watches).toBe(2);
    api.bookmark();
    api.gone = gone;
    api.end("broken");
    api.set("Secret", "team-c", to(gone));
    if (gone === "event") api.delete("Secret", "team-b");
    api.compact();
    await expect.poll(upstreams).toContain(`namespace.team-c http://${gone}:4318/v1/traces`);
  }
  // It is removed after what is put.
  await expect.poll(upstreams).not.toContain("namespace.team-b http://b:4318/v1/traces");
  // A bookmark moves the version of a watch without events: then nothing has to be listed.
  await expect.poll(() => api.watches).toBe(2);
  api.compact();
  api.bookmark();
  api.asked.length = 0;
  api.end("properly");
  await expect.poll(() => api.asked).toHaveLength(2);
  expect(api.asked.toSorted()).toEqual([`watch ConfigMap from ${api.version}`, `watch Secret from ${api.version}`]);
});

test("a server that comes back without its data gets all upstreams again", async () => {
  const PORT = String(await freePort());
  const first = await startProgram({ DATA_DIR: await temporaryDirectory(), PORT });
  const api = await KubernetesApi.start();
  api.set("Secret", "team-a", to("a"));
  const command = discover(api, first.url);
  await command.prints("put namespace.team-a");
  await first.kill();
  api.set("Secret", "team-b", to("b"));
  await command.prints("Spanfold: Nothing listens");
  const second = await startProgram({ DATA_DIR: await temporaryDirectory(), PORT });
  await expect
    .poll(async () => await upstreamsAt(second.url))
    .toEqual(["namespace.team-a http://a:4318/v1/traces", "namespace.team-b http://b:4318/v1/traces"]);
  await command.prints("Spanfold: in order again");
});

test("half of the cluster's state deletes nothing, and a refused manifest leaves what was set", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const api = await KubernetesApi.start();
  api.set("Secret", "team-a", to("a"));
  api.set("ConfigMap", "team-b", to("b"));
  const both = ["namespace.team-a http://a:4318/v1/traces", "namespace.team-b http://b:4318/v1/traces"];
  const upstreams = async () => await upstreamsAt(program.url);
  const first = discover(api, program.url);
  await expect.poll(upstreams).toEqual(both);
  await first.stop();
  api.forbidden.add("ConfigMap");
  const second = discover(api, program.url);
  await second.prints('ConfigMaps: the API server answers 403: configmaps is forbidden: User "discover"');
  await expect.poll(() => api.watches).toBe(1);
  api.set("Secret", "team-c", to("c"));
  expect(await upstreams()).toEqual(both);
  api.forbidden.clear();
  await expect.poll(upstreams).toEqual([...both, "namespace.team-c http://c:4318/v1/traces"]);
  await second.prints("ConfigMaps: in order again");
  api.set("Secret", "team-a", { ...to("other"), OTEL_EXPORTER_OTLP_HEADERS: "sk-secret" });
  await second.prints("team-a: refused, what was set before stays: header 1 must be a percent-encoded name=value.");
  expect(await upstreams()).toContain(both[0]);
  await second.stop();
  expect(second.output()).not.toContain("sk-secret");
});

test("one namespace only, under a prefix", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const api = await KubernetesApi.start();
  api.set("Secret", "team-a", to("a"));
  api.set("Secret", "team-b", to("b"));
  // Of another namespace, which another watcher knows.
  const body = JSON.stringify({ endpoint: "http://c:4318", match: { namespace: "team-c" } });
  await fetch(`${program.url}/admin/upstreams/east.team-c`, { method: "PUT", body });
  const command = discover(api, program.url, "--namespace", "team-b", "--prefix", "east");
  const other = "east.team-c http://c:4318/v1/traces";
  const upstreams = async () => await upstreamsAt(program.url);
  await expect.poll(upstreams).toEqual(["east.team-b http://b:4318/v1/traces", other]);
  api.delete("Secret", "team-b");
  await command.prints("team-b: deleted east.team-b");
  expect(await upstreams()).toEqual([other]);
});

const missing = spawnSync("openssl", ["version"]).status !== 0;
if (missing) console.warn("The API server's certificate is not tested: openssl is missing");

test.skipIf(missing)(
  "the API server's certificate is checked, and a token that was replaced is read anew",
  async () => {
    const directory = await temporaryDirectory();
    const [cert, key, token] = ["cert.pem", "key.pem", "token"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"];
    spawnSync("openssl", [...request, "-addext", "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key]);
    await writeFile(token, "first\n");
    const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
    const api = await KubernetesApi.start({ cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") });
    api.tokens = new Set(["first"]);
    api.set("Secret", "team-a", to("a"));
    const stranger = discover(api, program.url, "--token-file", token);
    await stranger.prints("Secrets: self-signed certificate");
    await stranger.stop();
    const command = discover(api, program.url, "--token-file", token, "--ca-file", cert);
    await expect.poll(async () => await upstreamsAt(program.url)).toHaveLength(1);
    api.tokens = new Set(["second"]);
    api.end("properly");
    await command.prints("Secrets: the API server answers 401: Unauthorized");
    await writeFile(token, "second\n");
    await command.prints("Secrets: in order again");
    api.set("Secret", "team-b", to("b"));
    await expect.poll(async () => await upstreamsAt(program.url)).toHaveLength(2);
  },
);

test("a command line that names no cluster is a mistake", async () => {
  expect(await run("discover", [])).toMatchObject({
    code: 64,
    output: expect.stringContaining("--api names") as string,
  });
  expect(await run("discover", ["--api", "here"])).toMatchObject({ code: 64 });
  expect(await run("discover", ["--api", "http://127.0.0.1:1", "--prefix", "a/b"])).toMatchObject({ code: 64 });
});
