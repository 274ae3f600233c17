import { type RowBlock, type RowFilter, shownRows } from "../../../session/transcript/reading-rows.ts";
import { RowList } from "./row-list.ts";

/** What decides which rows are shown. */
type Choice = RowFilter & {
  /** Changes with what the reader opened. */
  readonly opened: ReadonlySet<string>;
  /** `all`: the reader closed no section, and reads neither some kinds nor one turn. */
  readonly reads: "all" | "some";
};

/** The shown rows of each turn: while all are read, those of a turn that did not change stay as they are. */
export class ShownBlocks {
  readonly #whole = new WeakMap<RowBlock, { readonly opened: ReadonlySet<string>; readonly rows: RowBlock }>();
  readonly #last = new WeakMap<RowBlock, RowBlock>();

  of(blocks: readonly RowBlock[], choice: Choice): RowList {
    const shown = blocks.map((block) =>
      choice.reads === "all" ? this.#allOf(block, choice) : this.#someOf(block, choice),
    );
    return new RowList(shown.filter(({ length }) => length > 0));
  }

  #allOf(block: RowBlock, choice: Choice): RowBlock {
    let known = this.#whole.get(block);
    if (known === undefined || (known.opened !== choice.opened && block.some(({ of }) => of.kind === "earlier"))) {
      known = { opened: choice.opened, rows: this.#someOf(block, choice) };
      this.#whole.set(block, known);
    }
    return known.rows;
  }

  #someOf(block: RowBlock, choice: Choice): RowBlock {
    const rows = shownRows(block, choice);
    const last = this.#last.get(block) ?? block;
    const isSame = rows.length === last.length && rows.every((row, at) => row === last[at]);
    if (!isSame) this.#last.set(block, rows);
    return isSame ? last : rows;
  }
}
