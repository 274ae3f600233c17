import { signal } from "@preact/signals";

/** Narrow: names stand above their bars and the span is a sheet. The same bound as in the style sheets. */
const query = matchMedia("(max-width: 720px)");

export const narrow = signal(query.matches);
query.addEventListener("change", () => (narrow.value = query.matches));
