import { computed, effect } from "@preact/signals";
import { followPermission, permission } from "./permission.ts";
import { preferences, watchedStatuses } from "./preferences.ts";

/** Whether to notify at all. */
const isOn = computed(() => permission.value === "granted" && watchedStatuses(preferences.value).length > 0);

/** Watches while there is something to notify of, and permission for it. Call once. */
export function startNotifications(): void {
  followPermission();
  effect(() => {
    if (!isOn.value) return undefined;
    let stop: (() => void) | undefined;
    let isOver = false;
    import("./watch.ts").then(
      ({ watchSessions }) => {
        if (!isOver) stop = watchSessions(preferences);
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
