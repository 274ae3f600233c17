import type { Bindings } from "../config.ts";
import { log } from "../lib/log.ts";
import type { DiskReport } from "../session/contract/disk-report.ts";

/** A report is asked for again after so long, milliseconds. */
const KNOWN_MILLIS = 2_000;
/** The runtime's note of a damaged file may reach the process that reports just after the error reached the Worker. */
const NOTE_MILLIS = 100;
const ADDRESS = "http://disk/";
const AFTER_FAULT = "http://disk/after-fault";

let known: { readonly at: number; readonly report: DiskReport } | undefined;

/** What is wrong with the disk under the databases, as a sentence; `undefined` if nothing is, or nothing is known. */
export async function diskProblem(env: Bindings): Promise<string | undefined> {
  return (await reportOf(env)).detail;
}

/** The same after an error, which the disk may have caused. */
export async function diskProblemBehind(env: Bindings): Promise<string | undefined> {
  if (env.DISK === undefined) return undefined;
  await scheduler.wait(NOTE_MILLIS);
  return (await reportAfterFault(env)).detail;
}

/** Deletes; if the disk is full, again in the room that is reserved for deletions. `begun`: something could not be deleted yet. */
export async function deleteInReserve(
  env: Bindings,
  deletion: () => Promise<"absent" | "begun" | "deleted">,
): Promise<"absent" | "begun" | "deleted"> {
  try {
    const outcome = await deletion();
    if (outcome !== "begun" || !(await isFull(env))) return outcome;
  } catch (error) {
    if (!(await isFull(env))) throw error;
  }
  log("deleting-in-reserve", { level: "warn" });
  await env.DISK?.fetch(ADDRESS, { method: "POST" });
  known = undefined;
  return await deletion();
}

async function isFull(env: Bindings): Promise<boolean> {
  return (await reportAfterFault(env)).problem === "full";
}

async function reportOf(env: Bindings): Promise<DiskReport> {
  if (known !== undefined && Math.abs(Date.now() - known.at) < KNOWN_MILLIS) return known.report;
  return await ask(env, ADDRESS);
}

/** A report from before the fault says nothing about it. */
async function reportAfterFault(env: Bindings): Promise<DiskReport> {
  return await ask(env, AFTER_FAULT);
}

async function ask({ DISK }: Bindings, address: string): Promise<DiskReport> {
  if (DISK === undefined) return {};
  try {
    const response = await DISK.fetch(address);
    const report: DiskReport = await response.json();
    known = { at: Date.now(), report };
    return report;
  } catch (error) {
    log("disk-not-reported", { level: "warn", error });
    return {};
  }
}
