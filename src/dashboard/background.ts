import { followTab } from "./frame/follow-tab.ts";
import { startNotifications } from "./notify/notifications.ts";

/** Starts what goes on beside what the page shows. It loads when the page is idle: no row waits for it. */
export function startBackground(): void {
  followTab();
  startNotifications();
}
