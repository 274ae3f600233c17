/** Descriptors of a program with 4 shards and some 400 streams: about 80, and two for each stream (docs/storage.md). */
const FEWEST = 1_024;

/** What to do about a low limit of open files; `undefined` if it is high enough, or unknown. */
export function descriptorWarning(limit: number | undefined, command: string): string | undefined {
  if (limit === undefined || limit >= FEWEST) return undefined;
  return `This program may open ${limit} files and connections only (ulimit -n): requests fail beyond it. Allow ${FEWEST} or more: ulimit -n 4096 && ${command}`;
}

/** How many this process and the runtime below it may open: Node raises its soft limit to the hard one, and children inherit it. */
export function openFilesLimit(): number | undefined {
  const { report } = process;
  // Looking up the names of open connections takes time.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : undefined;
}
