type Problem = { readonly title: string; readonly detail: string; readonly movedTo: readonly string[] };

/** What an error of the API says, RFC 9457, as far as it is there. */
export async function readProblem(response: Response): Promise<Problem> {
  const none: Problem = { title: "", detail: "", movedTo: [] };
  if (!/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return none;
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) return none;
  const { title, detail, movedTo } = body as Record<string, unknown>;
  return {
    title: typeof title === "string" ? title : "",
    detail: typeof detail === "string" ? detail : "",
    movedTo: Array.isArray(movedTo) ? movedTo.filter((id) => typeof id === "string") : [],
  };
}
