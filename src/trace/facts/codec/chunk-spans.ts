import type { ResourceSpans, ScopeSpans, Span } from "../../span.ts";

type Placed = { readonly group: number; readonly scope: number; readonly span: Span };

/** The spans of a chunk by position: they are counted through resources and scopes in order. */
export class ChunkSpans {
  readonly #resourceSpans: readonly ResourceSpans[];
  readonly #placed: readonly Placed[];

  constructor(resourceSpans: readonly ResourceSpans[]) {
    this.#resourceSpans = resourceSpans;
    this.#placed = resourceSpans.flatMap(({ scopeSpans = [] }, group) =>
      scopeSpans.flatMap(({ spans = [] }, scope) => spans.map((span) => ({ group, scope, span }))),
    );
  }

  get length(): number {
    return this.#placed.length;
  }

  /** Spans alone, by position. */
  spans(): readonly Span[] {
    return this.#placed.map(({ span }) => span);
  }

  /** These spans with the resources and scopes around them. `positions`: ascending. */
  pick(positions: readonly number[]): readonly ResourceSpans[] {
    const picked: ResourceSpans[] = [];
    let scopes: ScopeSpans[] = [];
    let spans: Span[] = [];
    let last: Placed | undefined;
    for (const position of positions) {
      const placed = this.#placed[position];
      if (placed === undefined) continue;
      const group = this.#resourceSpans[placed.group];
      if (last?.group !== placed.group) {
        scopes = [];
        picked.push({ ...group, scopeSpans: scopes });
      }
      if (last?.group !== placed.group || last.scope !== placed.scope) {
        spans = [];
        scopes.push({ ...group?.scopeSpans?.[placed.scope], spans });
      }
      spans.push(placed.span);
      last = placed;
    }
    return picked;
  }
}
