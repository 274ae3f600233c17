import { type ReadonlySignal, signal } from "@preact/signals";

/** `absent`: the browser has no notifications, or none on pages that are neither HTTPS nor of this machine. */
export type Permission = NotificationPermission | "absent";

const given = signal(readPermission());

/** Whether the reader allowed notifications. */
export const permission: ReadonlySignal<Permission> = given;

function readPermission(): Permission {
  return "Notification" in globalThis && isSecureContext ? Notification.permission : "absent";
}

/** Asks the reader. Call only after a click: browsers refuse any other question. */
export async function askPermission(): Promise<Permission> {
  if (given.value === "default") await Notification.requestPermission();
  return (given.value = readPermission());
}

/** A reader may revoke the permission in the browser's settings. Call once. */
export function followPermission(): void {
  navigator.permissions?.query({ name: "notifications" }).then(
    (status) => status.addEventListener("change", () => (given.value = readPermission())),
    () => undefined,
  );
}
