import type { QueryRequest } from "./query-request.ts";

/** A file that repeats a request with a producer's own tools; `detail`: why there is none. */
export type Manifest = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string };

/** `name`: of the new object; must differ from the original if that still exists. */
export type ManifestOf = (request: QueryRequest, name: string) => Manifest;
