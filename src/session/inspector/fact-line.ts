import type { SpanContent } from "../../facts/span-content.ts";
import { count, dollars, duration } from "../../lib/figures.ts";
import type { Locale } from "../../lib/figures.ts";
import { nanosecondsIn } from "../../lib/nanoseconds.ts";
import { knownCostText } from "../cost-text.ts";
import { costsOf } from "../row-usage.ts";
import type { Usage } from "../row-usage.ts";
import { tokenWords } from "../token-words.ts";
import type { SessionTree, TreeNode } from "../tree/tree.ts";
import { attemptsOf } from "./attempts.ts";
import { nameOf, ownerOf, placeOf } from "./model-calls.ts";

/** One fact; `title`: what it counts, if it needs that. */
export type LineFact = { readonly is: "time" | "other" | "failed"; readonly text: string; readonly title?: string };

/** The figures of a step in one line: time, first token, tokens, cost, why it ended. The time of a running step is the reader's to count. */
export function factLine(node: TreeNode, content: SpanContent, locale?: Locale): readonly LineFact[] {
  const { timeToFirstTokenMillis, finishReasons } = content;
  const usage = node.usage ?? node.usageBelow;
  const tokens = usage?.tokens ?? content.tokens;
  const isSum = node.usage === undefined && usage !== undefined;
  const facts: (LineFact | undefined)[] = [
    { is: "time", text: node.running ? "running" : duration(node.end - node.start, locale) },
    node.error || node.canceled ? { is: "failed", text: node.canceled ? "canceled" : "failed" } : undefined,
    timeToFirstTokenMillis === undefined
      ? undefined
      : other(`first token ${duration(nanosecondsIn(timeToFirstTokenMillis), locale)}`),
    tokens === undefined || tokens.input + tokens.output === 0
      ? undefined
      : other(tokenWords(tokens, locale), isSum ? "Tokens of the steps below" : "Tokens"),
    costFact(usage, content, locale),
    finishReasons === undefined ? undefined : other(finishReasons.join(", "), "Finish reason"),
  ];
  return facts.filter((fact) => fact !== undefined);
}

const other = (text: string, title?: string): LineFact => ({
  is: "other",
  text,
  ...(title === undefined ? {} : { title }),
});

function costFact(usage: Usage | undefined, content: SpanContent, locale: Locale): LineFact | undefined {
  if (usage === undefined)
    return content.cost === undefined ? undefined : other(dollars(content.cost, locale), "Cost, as reported");
  const { cost, estimated = 0, unpriced } = costsOf(usage);
  if (cost === undefined) return unpriced > 0 ? other("no price", "The price list does not have the model") : undefined;
  return other(
    knownCostText({ cost, estimated, unpriced }, locale),
    estimated > 0 ? "Cost, estimated from list prices" : "Cost, as reported",
  );
}

/** Whose step it is, and which of them: "in engineer · call 3 of 3 here, 5 of 7 in all", "in a · attempt 2 of 2". */
export function placeWords(tree: SessionTree, node: TreeNode, locale?: Locale): string {
  const owner = nameOf(ownerOf(node));
  const attempts = attemptsOf(node);
  const place = placeOf(tree, node);
  const words = [
    ...(owner === "" ? [] : [`in ${owner}`]),
    ...(place === undefined || place.all.of === 1 ? [] : [callWords(place, locale)]),
    ...(attempts === undefined ? [] : [`attempt ${attempts.number} of ${attempts.of}`]),
  ];
  return words.join(" · ");
}

function callWords({ here, all }: NonNullable<ReturnType<typeof placeOf>>, locale: Locale): string {
  const inAll = `${count(all.number, locale)} of ${count(all.of, locale)}`;
  if (here.of === 1 || here.of === all.of) return `call ${inAll}`;
  return `call ${count(here.number, locale)} of ${count(here.of, locale)} here, ${inAll} in all`;
}
