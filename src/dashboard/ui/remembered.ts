import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** A choice of this browser, shared by its tabs. `undefined`: the default. */
export type Remembered<Value> = {
  readonly value: ReadonlySignal<Value | undefined>;
  readonly set: (value: Value | undefined) => void;
};

/** `read`: a stored text as a value; `undefined` of a text of another form. */
export function remembered<Value>(name: string, read: (stored: unknown) => Value | undefined): Remembered<Value> {
  const key = `spanfold.${name}`;
  const parse = (text: string | null): Value | undefined => {
    try {
      return read(JSON.parse(text ?? "null"));
    } catch {
      return undefined;
    }
  };
  const value = signal(parse(localStorage.getItem(key)));
  addEventListener("storage", (event) => {
    if (event.key === key) value.value = parse(event.newValue);
  });
  return {
    value,
    set(next) {
      value.value = next;
      if (next === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(next));
    },
  };
}
