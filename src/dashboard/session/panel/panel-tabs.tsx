import { useRef } from "preact/hooks";
import { count } from "../../../lib/figures.ts";
import type { PanelView } from "../../address/reading-view.ts";
import { keyOf, PANEL_KEYS } from "../../keymap.ts";

/** A view of the panel; the default has no name in the URL. */
export type PanelTab = { readonly view: PanelView | undefined; readonly word: string; readonly count?: number };

type TabsProps = {
  readonly tabs: readonly PanelTab[];
  readonly shown: PanelView | undefined;
  readonly onShow: (view: PanelView | undefined) => void;
};

/** The element that the tabs control. */
export const PANEL_VIEW_ID = "panel-view";

export const tabId = (view: PanelView | undefined): string => `panel-tab-${view ?? "contents"}`;

/** The choice of what the panel shows. */
export function PanelTabs({ tabs, shown, onShow }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = tabs.findIndex(({ view }) => view === shown);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    list.current?.querySelector<HTMLElement>(`#${tabId(next.view)}`)?.focus();
    onShow(next.view);
  };
  return (
    <div class="panel-tabs" role="tablist" aria-label="Views of the span" ref={list}>
      {tabs.map(({ view, word, count: of }) => (
        <button
          key={word}
          type="button"
          role="tab"
          id={tabId(view)}
          aria-controls={PANEL_VIEW_ID}
          aria-selected={view === shown}
          tabIndex={view === shown ? 0 : -1}
          title={view === "raw" ? `As it was sent (${keyOf(PANEL_KEYS, "raw")})` : undefined}
          onKeyDown={move}
          onClick={() => onShow(view)}
        >
          {word}
          {of === undefined ? null : <span class="muted">{` ${count(of)}`}</span>}
        </button>
      ))}
    </div>
  );
}
