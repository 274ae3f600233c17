import { Cards, type CardsProps } from "./cards-view.tsx";
import { memoized } from "../../ui/memoized.tsx";
import { Overview, type OverviewProps } from "./overview.tsx";
import "./overview.css";

export type FiguresProps = { readonly cards: CardsProps; readonly overview: OverviewProps };

/** What a session adds up to, and its overview: loaded beside its rows, which come first. */
export const Figures = ({ cards, overview }: FiguresProps) => (
  <>
    <SessionCards {...cards} />
    <SessionOverview {...overview} />
  </>
);

const SessionCards = memoized(Cards);
const SessionOverview = memoized(Overview);
