import { Cards, type CardsProps } from "./cards-view.tsx";
import { Overview, type OverviewProps } from "./overview.tsx";
import "./overview.css";

export type FiguresProps = { readonly cards: CardsProps; readonly overview: OverviewProps };

/** What a session adds up to, and its overview: loaded beside its rows, which come first. */
export const Figures = ({ cards, overview }: FiguresProps) => (
  <>
    <Cards {...cards} />
    <Overview {...overview} />
  </>
);
