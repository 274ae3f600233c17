import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Grip } from "./grip.tsx";
import { remembered } from "./remembered.ts";

/** Pixels. */
const panelWidth = remembered("panelWidth", (stored) => (typeof stored === "number" ? stored : undefined));

/** The narrowest panel, and the narrowest reading beside it, pixels. */
const LEAST = 320;
const LEAST_READING = 360;

/** The edge between the reading and its panel: it gives the panel its width, which this browser remembers. */
export function PanelEdge() {
  const edge = useRef<HTMLDivElement>(null);
  const [sizes, setSizes] = useState({ width: 0, whole: 0 });
  const chosen = panelWidth.value.value;
  useLayoutEffect(() => {
    const panel = edge.current?.parentElement;
    const around = panel?.parentElement;
    if (!panel || !around) return;
    if (chosen === undefined) around.style.removeProperty("--panel-width");
    else around.style.setProperty("--panel-width", `${chosen}px`);
    const measure = (): void => setSizes({ width: panel.offsetWidth, whole: around.offsetWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(panel);
    observer.observe(around);
    return () => observer.disconnect();
  }, [chosen]);
  return (
    <div class="panel-edge" ref={edge}>
      <Grip
        label="Width of the panel"
        width={() => sizes.width}
        least={LEAST}
        most={Math.max(LEAST, sizes.whole - LEAST_READING)}
        grows="left"
        onWidth={panelWidth.set}
        onReset={() => panelWidth.set(undefined)}
      />
    </div>
  );
}
