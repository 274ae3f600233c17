import type { Bindings } from "../config.ts";
import { log } from "../lib/log.ts";
import type { DiskReport } from "../session/contract/disk-report.ts";

/** A report holds for so long, milliseconds, where no error makes it doubtful: each new one costs a write to the disk. */
const KNOWN_MILLIS = 2_000;
/** The runtime's note of a damaged file may reach the process that reports just after the error reached the Worker. */
const NOTE_MILLIS = 100;
const ADDRESS = "http://disk/";

let known: { readonly at: number; readonly report: DiskReport } | undefined;

/** What is wrong with the disk under the databases, as a sentence; `undefined` if nothing is, or nothing is known. */
export async function diskProblem(env: Bindings): Promise<string | undefined> {
  if (known !== undefined && Math.abs(Date.now() - known.at) < KNOWN_MILLIS) return known.report.detail;
  return (await newReport(env)).detail;
}

/** The same after an error, which the disk may have caused. */
export async function diskProblemBehind(env: Bindings): Promise<string | undefined> {
  if (env.DISK === undefined) return undefined;
  await scheduler.wait(NOTE_MILLIS);
  return (await newReport(env)).detail;
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
  return (await newReport(env)).problem === "full";
}

async function newReport({ DISK }: Bindings): Promise<DiskReport> {
  if (DISK === undefined) return {};
  try {
    const response = await DISK.fetch(ADDRESS);
    const report: DiskReport = await response.json();
    known = { at: Date.now(), report };
    return report;
  } catch (error) {
    log("disk-not-reported", { level: "warn", error });
    return {};
  }
}
