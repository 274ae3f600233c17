import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Program } from "./program.ts";

/** A connection to the program that ends with the test. What it receives is dropped, and resets are no errors. */
export async function openSocket({ port }: Program): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** All that comes until the program ends the connection, or resets it. */
export async function everything(socket: Socket): Promise<string> {
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => (received += text));
  const ended = Promise.withResolvers<void>();
  for (const event of ["end", "close", "error"]) socket.once(event, () => ended.resolve());
  await ended.promise;
  return received;
}

/** The runtime's process below the program's. Linux only. */
export async function runtimeOf({ pid }: Program): Promise<number> {
  for (const name of await readdir("/proc")) {
    const status = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, "latin1").catch(() => "") : "";
    const [, command = "", parent = ""] = /^\d+ \((.*)\) \S (\d+)/.exec(status) ?? [];
    if (command.startsWith("workerd") && Number(parent) === pid) return Number(name);
  }
  throw new Error("the program has no runtime");
}

/** Files and connections that a process has open. */
export async function descriptorsOf(process: number): Promise<number> {
  return (await readdir(`/proc/${process}/fd`)).length;
}

/** Memory of a process, MB. */
export async function megabytesOf(process: number): Promise<number> {
  const status = await readFile(`/proc/${process}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
