/** The stream behind the event of this id; from its beginning without one. */
export function resumed(url: string, id: string | undefined): string {
  if (id === undefined) return url;
  return `${url}${url.includes("?") ? "&" : "?"}resourceVersion=${encodeURIComponent(id)}`;
}

/** The session that this URL names, if it is one's. */
export function sessionAt(url: string): string | undefined {
  const match = /^\/sessions\/([^/]+)$/.exec(new URL(url).pathname);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
}
