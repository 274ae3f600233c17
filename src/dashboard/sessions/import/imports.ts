import { authorisation } from "../../server.ts";
import { readImportAnswer } from "../../../client/import-answer.ts";
import type { ImportOutcome, ImportAnswer } from "../../../client/import-answer.ts";
import { computed, signal } from "@preact/signals";

/** A file to import. */
export type ImportJob = {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** The sent fraction, 0 to 1, or the outcome. */
  readonly state: "waiting" | { readonly sent: number } | Exclude<ImportOutcome, { outcome: "busy" }>;
};

const jobs = signal<readonly ImportJob[]>([]);
/** Files are sent one after the other, because the server limits concurrent imports. */
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

/** Removes finished imports from the list. */
export function dismissImports(): void {
  jobs.value = jobs.value.filter((job) => !isOver(job));
}

/** Attempts while the server is busy. The pause before the next is `PAUSE` milliseconds times the attempts so far. */
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

/** Sends a file to `POST /import`. `onSent` receives the sent fraction, 0 to 1, which `fetch` does not report. Rejects if the file cannot be sent. */
export function sendFile(file: File, onSent: (fraction: number) => void): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/import");
    // The server detects the format and compression.
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
    // A folder, or a file that changed since it was chosen, fails like the network.
    request.addEventListener("error", () =>
      reject(new Error("the file could not be read, or the server cannot be reached")),
    );
    request.addEventListener("abort", () => reject(new Error("the upload was aborted")));
    request.send(file);
  });
}
