import { authorisation } from "../../server.ts";
import { readImportAnswer } from "./import-answer.ts";
import type { ImportOutcome, ImportAnswer } from "./import-answer.ts";
import { computed, signal } from "@preact/signals";

/** A file that was given to the page. */
export type ImportJob = {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** How much of it has left, 0 to 1; or what came of it. */
  readonly state: "waiting" | { readonly sent: number } | Exclude<ImportOutcome, { outcome: "busy" }>;
};

const jobs = signal<readonly ImportJob[]>([]);
/** They go one after the other: a server takes only so much at once. */
let queue = Promise.resolve();
let last = 0;

export const imports = computed(() => jobs.value);

export const isOver = ({ state }: ImportJob): boolean => typeof state === "object" && "outcome" in state;

export function importFiles(files: Iterable<File>): void {
  for (const file of files) {
    const id = ++last;
    jobs.value = [...jobs.value, { id, name: file.name, bytes: file.size, state: "waiting" }];
    queue = queue.then(() => run(id, file));
  }
}

/** Those that are under way stay. */
export function dismissImports(): void {
  jobs.value = jobs.value.filter((job) => !isOver(job));
}

/** A server that is busy is asked again so often, after so many milliseconds times the attempts so far. */
const ATTEMPTS = 6;
const PAUSE = 1_000;

async function run(id: number, file: File): Promise<void> {
  const become = (state: ImportJob["state"]): void => {
    jobs.value = jobs.value.map((job) => (job.id === id ? { ...job, state } : job));
  };
  const refused = (why: string): void => become({ outcome: "refused", why, imported: undefined });
  if (file.size === 0) return refused("the file is empty");
  for (let attempt = 1; ; attempt++) {
    become({ sent: 0 });
    try {
      const outcome = readImportAnswer(await sendFile(file, (sent) => become({ sent })));
      if (outcome.outcome !== "busy") return become(outcome);
      if (attempt === ATTEMPTS) return refused(outcome.why);
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE * attempt));
  }
}

/** Sends a file to `POST /import`. `onSent`: how much of it has left, 0 to 1; `fetch` would not say. Rejects with why it could not be sent. */
export function sendFile(file: File, onSent: (fraction: number) => void): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/import");
    // What it holds, gzipped or not, the server finds out.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    const token = authorisation();
    if (token !== undefined) request.setRequestHeader("Authorization", token);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onSent(loaded / total);
    });
    request.upload.addEventListener("load", () => onSent(1));
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        type: request.getResponseHeader("Content-Type") ?? "",
        retryAfter: request.getResponseHeader("Retry-After"),
        text: request.responseText,
      }),
    );
    // A folder, say, or a file that changed meanwhile fails as the network does.
    request.addEventListener("error", () =>
      reject(new Error("the file could not be read, or the server cannot be reached")),
    );
    request.addEventListener("abort", () => reject(new Error("the upload was aborted")));
    request.send(file);
  });
}
