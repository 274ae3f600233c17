import type { Refusal } from "../../client/refusal.ts";
import { EX_USAGE, FAILED, UNREACHABLE } from "./exit-codes.ts";

/** While a stream that broke is opened again. */
export const lostText = (why: string): string => `Connection lost (${why}), trying again`;

/** The exit code of a command whose stream was refused. */
export function refusalCode(refusal: Refusal): number {
  if (refusal.reason === "not-found") return FAILED;
  return refusal.reason === "unexpected" && refusal.status === 400 ? EX_USAGE : UNREACHABLE;
}

/** Parameters of the API that options call otherwise. The words of a search have no option. */
const OPTIONS: Readonly<Record<string, string>> = { q: "The words", resourceVersion: "--since" };

/** What the server says of a parameter, under the name of the option. */
export function ofOption(detail: string): string {
  return sentence(detail.replace(/^(\w+) must /, (_, name: string) => `${OPTIONS[name] ?? `--${name}`} must `));
}

export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, ".")}`;

export const noSpanfold = (url: string): string => `${url} answers, but it is no Spanfold.`;

/** `tokenHelp`: how a person gives another token. */
type Addressed = { readonly url: string; readonly tokenHelp: string };

/** Why a stream was refused, and what helps, as sentences. */
export function refusalText(refusal: Refusal, { url, tokenHelp }: Addressed): string {
  switch (refusal.reason) {
    case "not-found":
      return refusal.movedTo.length > 0
        ? `The session's traces are now in: ${refusal.movedTo.join(", ")}.`
        : `${url} has no such session.`;
    case "unauthorised":
      return `${url} ${refusal.hadToken === "yes" ? "does not know this token" : "asks for a token"}: ${tokenHelp}.`;
    case "forbidden":
      return `${url} refuses: ${refusal.detail}`;
    case "unexpected":
      if (refusal.status < 300) return noSpanfold(url);
      if (refusal.status === 400) return ofOption(refusal.detail || refusal.title);
      return `${url} refuses: ${refusal.detail || refusal.title}`;
    case "closed":
      return `${url} refuses: ${refusal.detail || refusal.title}`;
  }
}
