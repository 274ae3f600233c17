import { render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./feeds.ts";
import { whenIdle } from "./ui/idle.ts";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

/** A busy page starts what goes on beside it all the same, milliseconds. */
const PATIENCE = 2_000;

followAddress();
render(<App />, place);
whenIdle(() => {
  import("./background.ts").then(
    ({ startBackground }) => startBackground(),
    // The page shows all the same; its next load tries again.
    () => undefined,
  );
}, PATIENCE);
