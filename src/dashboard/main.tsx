import { render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./feeds.ts";
import { followTab } from "./frame/tab-title.ts";
import { startNotifications } from "./notify/notifications.ts";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

followAddress();
followTab();
startNotifications();
render(<App />, place);
