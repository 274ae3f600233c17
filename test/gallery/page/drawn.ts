import { options } from "preact";

/** Names of the components that were drawn since the page was opened. The gallery's build keeps names. */
const drawn = new Set<string>();

declare global {
  interface Window {
    drawnComponents?: () => readonly string[];
  }
}

/** Call before the first component is drawn. */
export function watchDrawn(): void {
  const before = options.vnode?.bind(options);
  options.vnode = (vnode) => {
    if (typeof vnode.type === "function") drawn.add(vnode.type.name);
    before?.(vnode);
  };
  window.drawnComponents = () => [...drawn].toSorted();
}
