/**
 * The service worker of Web Push: shows the server's notifications while no page is open. A message without a title closes the
 * notification with its tag.
 */
self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? {}));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.url, location.origin)));
});

async function show({ tag, title, body, url }) {
  if (title === undefined) {
    for (const shown of await self.registration.getNotifications({ tag })) shown.close();
    return;
  }
  // It takes the place of an earlier one of the session, and is heard again.
  await self.registration.showNotification(title, { body, tag, renotify: true, icon: "/favicon.svg", data: { url } });
}

/** Shows the address in a tab of this page, if there is one. */
async function open({ href, origin }) {
  if (origin !== location.origin) return;
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find(({ url }) => url === href) ?? tabs[0];
  if (tab === undefined) return void (await self.clients.openWindow(href));
  await tab.focus();
  if (tab.url === href) return;
  // A tab that this worker does not control can't be led elsewhere.
  await tab.navigate(href).catch(() => self.clients.openWindow(href));
}
