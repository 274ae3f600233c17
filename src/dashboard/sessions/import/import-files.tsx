import { signal } from "@preact/signals";
import { lazily } from "../../ui/lazy.tsx";

const List = lazily<object>(async () => (await import("./import-list.tsx")).ImportList, null);

const hasImports = signal(false);

/** Sends files to the server, one after the other. {@link Imports} shows their states. */
export function importFiles(files: Iterable<File>): void {
  // A list of files that an input gives is emptied with it.
  const chosen = [...files];
  hasImports.value = true;
  import("./imports.ts").then(
    (jobs) => jobs.importFiles(chosen),
    // The list in its place says that it could not be loaded.
    () => undefined,
  );
}

/** The states of all imports, on every page. */
export const Imports = () => (hasImports.value ? <List.Part /> : null);
