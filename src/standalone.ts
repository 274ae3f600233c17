import type { Bindings } from "./config.ts";

type Fetch = (request: Request, env: Bindings, ctx: ExecutionContext) => Response | Promise<Response>;

/** Without event streams: an event must not wait in a compressor. */
const COMPRESSED_TYPE = /^(text\/(html|css|javascript|plain)|application\/json|image\/svg\+xml)\b/;

/** An element of `Accept-Encoding` (RFC 9110 §12.5.3) that the runtime can encode; a weight of 0 refuses it. */
const ENCODING = /^(br|gzip)\s*(;\s*q=(?!0(\.0*)?$)|$)/;

/** The Worker for `npm start`, without Cloudflare's network before it: it compresses its responses itself. */
export function standalone(app: Fetch): { readonly fetch: Fetch } {
  return {
    async fetch(request, env, ctx) {
      return compress(request, await app(request, env, ctx));
    },
  };
}

/** Sets the header only: the runtime encodes the body accordingly. */
function compress(request: Request, response: Response): Response {
  const { body, headers } = response;
  if (request.method !== "GET" || body === null || headers.has("content-encoding")) return response;
  if (!COMPRESSED_TYPE.test(headers.get("content-type") ?? "")) return response;
  const encoding = acceptedEncoding(request.headers.get("accept-encoding") ?? "");
  if (encoding === undefined) return response;
  const compressed = new Response(body, response);
  compressed.headers.set("content-encoding", encoding);
  compressed.headers.append("vary", "Accept-Encoding");
  return compressed;
}

function acceptedEncoding(accepted: string): string | undefined {
  for (const element of accepted.split(",")) {
    const encoding = ENCODING.exec(element.trim())?.[1];
    if (encoding !== undefined) return encoding;
  }
  return undefined;
}
