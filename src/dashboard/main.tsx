import { render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./feeds.ts";
import { isTyping, showShortcuts } from "./keys.tsx";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

followAddress();
render(<App />, place);

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event)) return;
  showShortcuts();
});
