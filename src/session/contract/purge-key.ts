/** The key of a purge of all runs of a query's name in a session. `query`: `<namespace>/<name>`, or a trace id. */
export function queryKey(session: string, query: string): string {
  return JSON.stringify([session, query]);
}

/** The key of a purge of one run: its posted events carry its UID. */
export function runKey(session: string, query: string, uid: string): string {
  return JSON.stringify([session, query, uid]);
}

/** The keys of a session's queries begin with it; no other session's keys do. */
export function keyPrefix(session: string): string {
  return `[${JSON.stringify(session)},`;
}
