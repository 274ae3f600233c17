import type { ComponentChildren, ComponentType, FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

type Loaded<Props> = ComponentType<Props> | "failed" | undefined;

/**
 * A part of the page whose code is loaded when it is first shown, or before, by `preload`. Once the code is here, the part
 * renders at once. `meanwhile` stands in its place until then.
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
