import { computed, signal } from "@preact/signals";
import { type ImportOutcome, readImportAnswer } from "./import-answer.ts";
import { sendFile } from "./send-file.ts";

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
  const refused = (why: string): void => become({ outcome: "refused", why, taken: undefined });
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
