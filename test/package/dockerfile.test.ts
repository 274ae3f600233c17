import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bareEnvironment, nodeOf } from "./installed.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const ADDRESS = /Spanfold +http:\S+:(\d+)\n/;

/** An instruction of a Dockerfile, and what follows it. */
type Step = { readonly instruction: string; readonly rest: string };

/** The steps of each stage. Continued lines and comments are not read: the file has none among its steps. */
async function stagesOf(file: string): Promise<Step[][]> {
  const steps = (await readFile(file, "utf8"))
    .split("\n")
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => ({ instruction: line.split(" ", 1)[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));
  const stages: Step[][] = [];
  for (const step of steps)
    if (step.instruction === "FROM") stages.push([step]);
    else stages.at(-1)?.push(step);
  return stages;
}

/**
 * Does the steps without Docker: each stage in a folder that stands for its file system. `FROM` brings Node and npm, which are here;
 * `USER` and `VOLUME` change nothing that a folder could show.
 */
class Image {
  readonly environment: Record<string, string>;
  #workdir: string;
  command: readonly string[] = [];

  constructor(
    readonly root: string,
    environment: Record<string, string>,
    readonly stages: ReadonlyMap<string, Image>,
  ) {
    this.environment = environment;
    this.#workdir = root;
  }

  get workdir(): string {
    return this.#workdir;
  }

  /** A path of the image as one of this machine. */
  path(path: string): string {
    return path.startsWith("/") ? join(this.root, path) : join(this.#workdir, path);
  }

  async do({ instruction, rest }: Step): Promise<void> {
    switch (instruction) {
      case "FROM":
      case "USER":
      case "VOLUME":
      case "EXPOSE":
        return;
      case "WORKDIR":
        this.#workdir = this.path(rest);
        return void (await mkdir(this.#workdir, { recursive: true }));
      case "ENV":
        for (const assignment of rest.split(" ")) {
          const [name = "", value = ""] = assignment.split("=");
          this.environment[name] = value.startsWith("/") ? this.path(value) : value;
        }
        return;
      case "COPY":
        return await this.#copy(rest);
      case "RUN":
        return this.#run(rest);
      case "CMD":
        this.command = JSON.parse(rest) as string[];
        return;
      default:
        throw new Error(`This test knows no ${instruction}`);
    }
  }

  async #copy(rest: string): Promise<void> {
    const [, stage, from = "", to = ""] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(rest) ?? [];
    const target = this.path(to);
    if (stage !== undefined) {
      const source = this.stages.get(stage)?.path(from);
      if (source === undefined) throw new Error(`There is no stage ${stage}`);
      return await cp(source, target, { recursive: true });
    }
    // What Docker sends: the folder without what .dockerignore names.
    const ignored = new Set((await readFile(join(ROOT, ".dockerignore"), "utf8")).split("\n").filter(Boolean));
    for (const name of await readdir(ROOT)) {
      const filter = (path: string) => !ignored.has(path.slice(ROOT.length + 1)) && basename(path) !== "node_modules";
      if (!ignored.has(name)) await cp(join(ROOT, name), join(target, name), { recursive: true, filter });
    }
  }

  #run(command: string): void {
    // Absolute paths are those of the image; a folder has no user of its name.
    const here = command.replaceAll(/(?<=[\s=])\/(?=[a-z])/g, `${this.root}/`).replaceAll(/ && chown \S+ \S+/g, "");
    const { status, stdout, stderr } = spawnSync("sh", ["-ec", here], {
      cwd: this.#workdir,
      env: this.environment,
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${stdout}\n${stderr}`);
  }
}

test("the steps of the Dockerfile make an image that runs", { timeout: 900_000 }, async () => {
  const place = await mkdtemp(join(tmpdir(), "spanfold-image-"));
  onTestFinished(() => rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const stages = new Map<string, Image>();
  let image: Image | undefined;
  for (const steps of await stagesOf(join(ROOT, "Dockerfile"))) {
    const [, major = "", name = "last"] = /^node:(\d+)\S*(?: AS (\S+))?$/.exec(steps[0]?.rest ?? "") ?? [];
    const root = join(place, name);
    await mkdir(join(root, "home"), { recursive: true });
    image = new Image(root, bareEnvironment(await nodeOf(Number(major)), join(root, "home")), stages);
    stages.set(name, image);
    for (const step of steps) await image.do(step);
  }
  if (image === undefined) throw new Error("The Dockerfile has no stage");

  // Without a secret it opens nothing to the network.
  const refused = spawnSync(image.command[0] ?? "", image.command.slice(1), {
    cwd: image.workdir,
    env: image.environment,
    encoding: "utf8",
  });
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("set ADMIN_TOKEN to a secret") });

  const { output, child } = started(image, { ADMIN_TOKEN: "secret", PORT: "0", GRPC_PORT: "0" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await expect.poll(output, { timeout: 120_000 }).toMatch(ADDRESS);
  const url = `http://127.0.0.1:${ADDRESS.exec(output())?.[1]}`;
  expect(output()).toContain(`data      ${join(image.root, "data")}`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/sessions`)).status).toBe(401);
  const allowed = await fetch(`${url}/sessions`, {
    headers: { authorization: "Bearer secret", accept: "application/json" },
  });
  expect(allowed.status).toBe(200);
  const page = await fetch(`${url}/sessions`, { headers: { accept: "text/html" } });
  expect(await page.text()).toContain("<title>");

  // As `docker stop` ends it.
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
});

function started(image: Image, settings: Record<string, string>): { output: () => string; child: ChildProcess } {
  const [command = "", ...args] = image.command;
  const child = spawn(command, args, {
    cwd: image.workdir,
    env: { ...image.environment, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pieces: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  return { output: () => pieces.join(""), child };
}
