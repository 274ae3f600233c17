import { useRef } from "preact/hooks";
import "./grip.css";

export type GripProps = {
  /** What it resizes: "Width of the panel". */
  readonly label: string;
  /** Pixels: now, at least and at most. */
  readonly width: () => number;
  readonly least: number;
  readonly most: number;
  /** Which way the width grows. */
  readonly grows: "left" | "right";
  readonly onWidth: (width: number) => void;
  /** The default again. */
  readonly onReset: () => void;
  readonly class?: string;
  /** Without the focus and keys: another control does the same. */
  readonly by?: "pointer";
};

/** Pixels of one press of an arrow key. */
const STEP = 16;
const LARGE_STEP = 80;

/** An edge that a pointer drags, and arrow keys move; Enter and a double click give the default width. */
export function Grip({ label, width, least, most, grows, onWidth, onReset, ...more }: GripProps) {
  const dragged = useRef<{ readonly from: number; readonly width: number }>(undefined);
  const sign = grows === "right" ? 1 : -1;
  const now = Math.round(width());
  const bounded = (to: number): number => Math.round(Math.min(most, Math.max(least, to)));
  const press = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const to = {
      ArrowRight: width() + step * sign,
      ArrowLeft: width() - step * sign,
      Home: least,
      End: most,
    }[event.key];
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (to === undefined) onReset();
    else onWidth(bounded(to));
  };
  return (
    // A separator that moves takes the focus and keys: https://www.w3.org/WAI/ARIA/apg/patterns/windowsplitter/
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex
    <div
      class={`grip ${more.class ?? ""}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={now}
      aria-valuemin={least}
      aria-valuemax={Math.round(most)}
      aria-valuetext={`${now} pixels`}
      aria-hidden={more.by === "pointer" ? true : undefined}
      title={`${label}: drag${more.by === "pointer" ? "" : ", or arrow keys"}; double click for the default`}
      tabIndex={more.by === "pointer" ? -1 : 0}
      onKeyDown={press}
      onDblClick={onReset}
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = { from: event.clientX, width: width() };
      }}
      onPointerMove={(event) => {
        if (dragged.current === undefined) return;
        onWidth(bounded(dragged.current.width + (event.clientX - dragged.current.from) * sign));
      }}
      onPointerUp={() => (dragged.current = undefined)}
      onPointerCancel={() => (dragged.current = undefined)}
    />
  );
}
