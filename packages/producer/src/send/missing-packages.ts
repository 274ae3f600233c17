/** The program has to install something: its message says more than its cause. */
export class MissingPackages extends Error {}

/** A failed import, rethrown. Only a package that is not there is called missing: one that fails says why by itself. */
export function throwImportFailure(error: unknown, needed: string): never {
  const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  throw isMissing ? new MissingPackages(`gRPC needs ${needed}`, { cause: error }) : error;
}
