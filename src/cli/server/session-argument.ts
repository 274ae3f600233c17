import { LATEST, latestOf, readSessionPage } from "../../lib/session-page.ts";
import { CommandError, type Environment, UsageError } from "../dispatch.ts";
import { FAILED } from "./exit-codes.ts";
import { Server, type ServerOptions } from "./server.ts";

export type Target = { readonly server: Server; readonly session: string };

/**
 * The session that a command names: by its id, by the address of its page, or, without one or as `latest`, the one with the
 * newest activity.
 */
export async function targetOf(
  given: string | undefined,
  options: ServerOptions,
  environment: Environment,
): Promise<Target> {
  const page = given === undefined ? undefined : readSessionPage(given);
  if (page !== undefined)
    return { server: Server.of({ ...options, url: options.url ?? page.server }, environment), session: page.session };
  if (given !== undefined && /^(https?:\/\/.*)?$/i.test(given))
    throw new UsageError(
      given === "" ? "The session has no name." : `"${given}" names no session. A server is named by --url.`,
    );
  const server = Server.of(options, environment);
  if (given !== undefined && given !== LATEST) return { server, session: given };
  const session = await latestSession(server);
  if (session !== undefined) return { server, session };
  throw new CommandError(`There is no session yet at ${server.url}.`, FAILED);
}

export function latestSession(server: Server): Promise<string | undefined> {
  return latestOf(async (kind) => (await server.list(new URLSearchParams({ kind, limit: "1" }))).sessions[0]?.id);
}

export const sessionPath = (id: string): string => `/sessions/${encodeURIComponent(id)}`;
