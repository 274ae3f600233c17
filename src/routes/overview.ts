import { Hono } from "hono";
import type { Context, Next } from "hono";
import { data, negotiate } from "../api/negotiate.ts";
import { formatVersion } from "../api/resource-version.ts";
import { can } from "../auth/principal.ts";
import { needs } from "../auth/guard.ts";
import { baseOf, isForSelf } from "../auth/self.ts";
import type { AppEnv } from "../config.ts";
import { htmlOf } from "../overview/element.ts";
import type { OverviewAnswer } from "../session/contract/overview.ts";
import { overview as elementsOf } from "../overview/overview.ts";
import { callerOf, directoryOf, sessionAt } from "../place.ts";
import type { ListPage, ListQuery } from "../session/contract/directory.ts";
import { PINNED_STATUSES } from "../session/list/list-groups.ts";
import type { SummaryWithStatus } from "../session/liveness.ts";
import { wholeNumbers } from "../session/numbers/numbers-answer.ts";
import { diskProblem } from "./disk.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { servePage } from "./page.ts";
import { upstreamsThatAreOff } from "./upstreams.ts";

const MOST_SESSIONS = 12;

/** What goes on, numbers, and the latest trace: as a page that needs no script, and as JSON. */
export const overview = new Hono<AppEnv>({ strict: false });

overview.on("GET", ["/", "/otel"], needs("public"), async (c: Context<AppEnv>, next: Next) => {
  const representation = negotiate(c);
  // The stream of what changes is the list's.
  if (representation === "stream") return c.redirect(`/sessions${new URL(c.req.url).search}`, 302);
  return representation === "page" ? await serveDrawn(c) : await next();
});

overview.on("GET", ["/", "/otel"], needs("read"), async (c) => data(c, await readOverview(c)));

overview.on("ALL", ["/", "/otel"], needs("public"), methodNotAllowed("GET"));

/** The page with its contents drawn, if the caller may read them: else its script asks for a token. */
async function serveDrawn(c: Context<AppEnv>): Promise<Response> {
  const page = await servePage(c);
  if (!can(c.var.principal, "read")) return page;
  const base = baseOf(c.req.raw);
  const drawn = elementsOf(await readOverview(c), base)
    .map(htmlOf)
    .join("");
  const html = (await page.text())
    // In the mode of the header that names it: else it is loaded twice.
    .replace("</head>", '<link rel="stylesheet" href="/build/overview.css" crossorigin /></head>')
    .replace(/<title>.*<\/title>/, "<title>Spanfold</title>")
    .replace(/<noscript>[^]*<\/noscript>/, "")
    // A function: text of spans may hold `$&`.
    .replace(
      '<div id="page">',
      (place) => `${place}<div class="frame">${header(base)}<main class="front">${drawn}</main></div>`,
    );
  page.headers.delete("content-length");
  page.headers.set("cache-control", "no-store");
  return new Response(html, page);
}

const header = (base: string): string =>
  `<header class="masthead"><a class="brand" href="${base}/"><span>Spanfold</span></a><nav class="crumbs" aria-label="Breadcrumb">${base === "" ? "" : "<span>Own traces</span>"}<h1 class="crumb-here">Overview</h1></nav></header>`;

async function readOverview(c: Context<AppEnv>): Promise<OverviewAnswer> {
  const caller = callerOf(c);
  const directory = directoryOf(c.env, caller);
  const list = async (query: Pick<ListQuery, "limit"> & Partial<ListQuery["filter"]>): Promise<ListPage> => {
    const { limit, kind = "session", statuses = [] } = query;
    const filter = { kind, statuses, phrases: [], names: [] };
    return await directory.list({ filter, sort: "activity", order: "desc", limit });
  };
  // Calls of one object arrive in order: the others show at least what the first one's version has.
  const [open, recent, numbers, off, storage] = await Promise.all([
    list({ limit: MOST_SESSIONS, statuses: PINNED_STATUSES }),
    list({ limit: 1, kind: "all" }),
    directory.numbers([]),
    isForSelf(c.req.raw) ? [] : upstreamsThatAreOff(c),
    diskProblem(c.env),
  ]);
  const now = summariesOf(open);
  const [newest] = summariesOf(recent);
  const latest = newest && (await sessionAt(c.env, caller, newest.id).latestTrace());
  return {
    at: Date.now(),
    resourceVersion: formatVersion(open.generation, open.head),
    now,
    numbers: wholeNumbers(numbers),
    ...(storage === undefined ? {} : { storage }),
    ...(off.length === 0 ? {} : { off }),
    ...(newest === undefined || latest === undefined
      ? {}
      : { latest: { session: newest.id, title: newest.title, ...latest } }),
  };
}

const summariesOf = ({ sessions }: ListPage): SummaryWithStatus[] =>
  sessions.map((summary) => JSON.parse(summary) as SummaryWithStatus);
