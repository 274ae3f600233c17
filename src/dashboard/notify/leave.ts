import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Wishes, readWishes, watchedStatuses } from "./wishes.ts";

const KEY = "spanfold.notifications";

/** Of this browser, shared by its tabs. */
const stored = signal(readWishes(localStorage.getItem(KEY)));
addEventListener("storage", (event) => {
  if (event.key === KEY) stored.value = readWishes(event.newValue);
});

export const wishes: ReadonlySignal<Wishes> = stored;

export function wish(next: Wishes): void {
  stored.value = next;
  localStorage.setItem(KEY, JSON.stringify(next));
}

/** `absent`: the browser has no notifications, or none on pages that are neither HTTPS nor of this machine. */
export type Leave = NotificationPermission | "absent";

const given = signal(readLeave());

/** Whether the reader allowed notifications. */
export const leave: ReadonlySignal<Leave> = given;

function readLeave(): Leave {
  return "Notification" in globalThis && isSecureContext ? Notification.permission : "absent";
}

/** Asks the reader. Call only after a click: browsers refuse any other question. */
export async function askLeave(): Promise<Leave> {
  if (given.value === "default") await Notification.requestPermission();
  return (given.value = readLeave());
}

/** Whether to notify at all. */
const isOn = computed(() => leave.value === "granted" && watchedStatuses(wishes.value).length > 0);

/** Watches while there is something to notify of, and leave for it. Call once. */
export function followWishes(): void {
  // A reader may take the leave back in the browser's settings.
  navigator.permissions?.query({ name: "notifications" }).then(
    (status) => status.addEventListener("change", () => (given.value = readLeave())),
    () => undefined,
  );
  effect(() => {
    if (!isOn.value) return undefined;
    let stop: (() => void) | undefined;
    let isOver = false;
    import("./watch.ts").then(
      ({ watchSessions }) => {
        if (!isOver) stop = watchSessions(wishes);
      },
      // Without its code there is no notification; the next load of the page tries again.
      () => undefined,
    );
    return () => {
      isOver = true;
      stop?.();
    };
  });
}
