import type { QueryFold } from "../queries.ts";
import type { Said, SpanSaid } from "./said.ts";

/** By what a duplicate says: equal parts give the same object again, so that a turn that did not change is known. */
const merged = new WeakMap<SpanSaid, { readonly known: SpanSaid; readonly both: SpanSaid }>();

/** Gives spans what their duplicates say: some agents trace their calls without contents, and log them with. `said`: by row. `nothing`: what says nothing. */
export function mergeDuplicates({ groups }: QueryFold, said: (SpanSaid | undefined)[], nothing: Said): void {
  for (const [row, shown] of groups.derived?.replacements ?? []) {
    const own = said[row];
    const known = said[shown];
    if (own === undefined) continue;
    if (known === undefined) {
      said[shown] = own;
      continue;
    }
    let both = merged.get(own);
    if (both?.known !== known) merged.set(own, (both = { known, both: join(known, own, nothing) }));
    said[shown] = both.both;
  }
}

function join(known: SpanSaid, own: SpanSaid, nothing: Said): SpanSaid {
  return {
    ...known,
    input: known.input === nothing ? own.input : known.input,
    output: known.output === nothing ? own.output : known.output,
    callId: known.callId ?? own.callId,
    revision: Math.max(known.revision, own.revision),
  };
}
