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
  const page = given === undefined ? null : /^(https?:\/\/.+?)\/sessions\/([^/?#]+)/.exec(given);
  if (page !== null) {
    const [, url, id = ""] = page;
    const session = decoded(id);
    if (session === undefined) throw new UsageError(`"${given}" is no address of a session.`);
    return { server: Server.of({ ...options, url: options.url ?? url }, environment), session };
  }
  if (given !== undefined && /^(https?:\/\/.*)?$/.test(given))
    throw new UsageError(
      given === "" ? "The session has no name." : `"${given}" names no session. A server is named by --url.`,
    );
  const server = Server.of(options, environment);
  if (given !== undefined && given !== "latest") return { server, session: given };
  const session = await latestSession(server);
  if (session !== undefined) return { server, session };
  throw new CommandError(`There is no session yet at ${server.url}.`, FAILED);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export async function latestSession(server: Server): Promise<string | undefined> {
  const { sessions } = await server.list(new URLSearchParams({ limit: "1" }));
  return sessions[0]?.id;
}

export const sessionPath = (id: string): string => `/sessions/${encodeURIComponent(id)}`;
