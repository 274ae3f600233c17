import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetModules();
});

/** The module over a page of its own: `press` and `release` are what its user does. */
async function openModule() {
  vi.useFakeTimers();
  const listeners = new Map<string, () => void>();
  vi.stubGlobal("addEventListener", (type: string, listener: () => void) => listeners.set(type, listener));
  const { afterPress } = await import("../../../src/dashboard/ui/press.ts");
  const event = (type: string) => () => listeners.get(type)?.();
  return { afterPress, press: event("pointerdown"), release: event("pointerup"), click: event("click") };
}

test("what came during a press is shown after it, in the order in which it came", async () => {
  const { afterPress, press, release, click } = await openModule();
  const shown: string[] = [];
  const show = (what: string) => afterPress(() => shown.push(what));
  show("before");
  press();
  show("first");
  vi.advanceTimersByTime(35);
  show("second");
  vi.advanceTimersByTime(20);
  expect(shown).toEqual(["before"]);
  release();
  click();
  show("third");
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual(["before", "first", "second", "third"]);
});

test("a change that fails loses no other that waited", async () => {
  const { afterPress, press } = await openModule();
  const shown: string[] = [];
  press();
  afterPress(() => {
    throw new Error("it failed");
  });
  afterPress(() => shown.push("second"));
  expect(() => vi.advanceTimersByTime(1_100)).toThrow("it failed");
  afterPress(() => shown.push("third"));
  expect(shown).toEqual(["second", "third"]);
});

test("a drag keeps nothing from the page for longer than a second", async () => {
  const { afterPress, press } = await openModule();
  let isShown = false;
  press();
  afterPress(() => (isShown = true));
  vi.advanceTimersByTime(900);
  expect(isShown).toBe(false);
  vi.advanceTimersByTime(200);
  expect(isShown).toBe(true);
});
