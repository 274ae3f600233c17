/** Everything that the page shows is told by its URL, so that it can be sent to somebody. */
export type Address =
  | { readonly page: "list"; readonly kind: ListKind; readonly filter: string }
  | { readonly page: "session"; readonly id: string; readonly span: string | undefined }
  | { readonly page: "unknown"; readonly path: string };

export type ListKind = "session" | "trace" | "all";

const LIST_KINDS: readonly string[] = ["session", "trace", "all"] satisfies ListKind[];

/** `path` and `query` as in `location.pathname` and `location.search`. */
export function readAddress(path: string, query: string): Address {
  const parameters = new URLSearchParams(query);
  if (/^\/(sessions\/?|otel\/?)?$/.test(path)) {
    const kind = parameters.get("kind") ?? "";
    return {
      page: "list",
      kind: LIST_KINDS.includes(kind) ? (kind as ListKind) : "session",
      filter: parameters.get("q") ?? "",
    };
  }
  const id = /^\/sessions\/([^/]+)\/?$/.exec(path)?.[1];
  if (id === undefined) return { page: "unknown", path };
  try {
    return { page: "session", id: decodeURIComponent(id), span: parameters.get("span") ?? undefined };
  } catch {
    return { page: "unknown", path };
  }
}

/** The shortest URL that says the same. */
export function writeAddress(address: Address): string {
  switch (address.page) {
    case "list": {
      const parameters = new URLSearchParams();
      if (address.kind !== "session") parameters.set("kind", address.kind);
      if (address.filter !== "") parameters.set("q", address.filter);
      return parameters.size === 0 ? "/sessions" : `/sessions?${parameters}`;
    }
    case "session": {
      const path = `/sessions/${encodeURIComponent(address.id)}`;
      return address.span === undefined ? path : `${path}?${new URLSearchParams({ span: address.span })}`;
    }
    case "unknown":
      return address.path;
  }
}
