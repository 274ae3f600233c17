import type { ComponentChildren, ComponentType, FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { whenIdle } from "./idle.ts";

type Loaded<Props> = ComponentType<Props> | "failed" | undefined;

/** Those that were not shown yet. */
const parts: (() => Promise<unknown>)[] = [];
let isPreloading = false;
/** The code of a part that a busy page can wait for, milliseconds. */
const PATIENCE = 2_000;

/** Loads the code of all parts, one after the other while the browser is idle: what a reader opens next is shown at once. Call it when rows are shown. */
export async function preloadParts(): Promise<void> {
  if (isPreloading) return;
  isPreloading = true;
  // Parts of parts come with their code.
  for (let load = parts.shift(); load !== undefined; load = parts.shift()) {
    await new Promise<void>((resolve) => void whenIdle(() => resolve(), PATIENCE));
    // The reader who opens it tries again.
    await load().catch(() => undefined);
  }
  isPreloading = false;
}

/**
 * A part of the page whose code is loaded when it is first shown, or before, by `preload` and {@link preloadParts}. Once the code is
 * here, the part renders at once. `meanwhile` stands in its place until then.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ComponentChildren = <p class="muted">Loading…</p>,
): { readonly Part: FunctionComponent<Props>; readonly preload: () => void } {
  let part: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const start = (): Promise<ComponentType<Props>> =>
    (loading ??= load().then(
      (loaded) => (part = loaded),
      (error: unknown) => {
        // The next reader tries again.
        loading = undefined;
        throw error;
      },
    ));
  parts.push(start);
  function Part(props: Props) {
    const [loaded, setLoaded] = useState<Loaded<Props>>(() => part);
    useLayoutEffect(() => {
      if (part === undefined)
        start().then(
          (now) => setLoaded(() => now),
          () => setLoaded("failed"),
        );
    }, []);
    if (loaded === undefined) return <>{meanwhile}</>;
    if (loaded === "failed") return <p class="muted">This part of the page could not be loaded. Reload the page.</p>;
    const View = loaded;
    return <View {...props} />;
  }
  return { Part, preload: () => void start().catch(() => undefined) };
}
