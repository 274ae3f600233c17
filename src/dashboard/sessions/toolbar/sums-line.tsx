import type { ListSums } from "../../../session/list/list-sums.ts";
import { count, counted, shortCount } from "../../../lib/figures.ts";
import { Cost } from "../../ui/cost.tsx";

/** The sums of the sessions that the filters leave. */
export function SumsLine({ sums }: { sums: ListSums | undefined }) {
  if (sums === undefined || sums.sessions === 0) return null;
  const { sessions, tokens, cost, estimated, unpriced } = sums;
  const without = unpriced === 0 ? "" : counted(unpriced, "session has a model", "sessions have models");
  return (
    <p class="sums">
      <span>{counted(sessions, "session")}</span>
      {cost === 0 && unpriced === 0 ? null : (
        <Cost
          summary={{
            ...(cost === 0 ? {} : { cost, estimated }),
            ...(unpriced === 0 ? {} : { unpriced: [`${without} without a price`] }),
          }}
        />
      )}
      {tokens === 0 ? null : <span title={count(tokens)}>{`${shortCount(tokens)} tokens`}</span>}
    </p>
  );
}
