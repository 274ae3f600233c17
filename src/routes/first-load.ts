/** The files of vite.config.ts that a page needs for its first rows. */
export const FIRST_LOAD = {
  /** As the HTML names them. */
  page: ["build/style.css", "build/main.js"],
  overview: ["build/overview.js", "build/shared.js", "build/overview.css", "build/rolldown-runtime.js"],
  list: ["build/list.js", "build/shared.js", "build/rolldown-runtime.js", "build/list.css", "build/shared.css"],
  session: ["build/session.js", "build/session.css", "build/rolldown-runtime.js"],
  /** The reading with which a session opens. */
  transcript: ["build/transcript.js", "build/transcript.css"],
} as const;

/** The header by which a browser loads them together, not those of a route after the page's. `path`: as routes see it. */
export function preloadLinks({ path, query }: { readonly path: string; readonly query: URLSearchParams }): string {
  const route = routeFiles(path, query.has("view") ? "other" : "first");
  return [...FIRST_LOAD.page.map((file) => link(file, "")), ...route.map((file) => link(file, "; crossorigin"))].join(
    ", ",
  );
}

function routeFiles(path: string, reading: "first" | "other"): readonly string[] {
  if (/^\/(otel\/?)?$/.test(path)) return FIRST_LOAD.overview;
  if (/^\/sessions\/?$/.test(path)) return FIRST_LOAD.list;
  if (!/^\/sessions\/[^/]+\/?$/.test(path)) return [];
  return reading === "first" ? [...FIRST_LOAD.session, ...FIRST_LOAD.transcript] : FIRST_LOAD.session;
}

const link = (file: string, mode: string): string =>
  file.endsWith(".js") ? `</${file}>; rel=modulepreload` : `</${file}>; rel=preload; as=style${mode}`;
