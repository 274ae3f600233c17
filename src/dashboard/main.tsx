import { options, render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./feeds.ts";
import { whenIdle } from "./ui/idle.ts";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

/** A busy page starts what goes on beside it all the same, milliseconds. */
const PATIENCE = 2_000;

/**
 * What follows a rendering follows at once, and is drawn with it. By default it waits for the next frame, which the browser makes for that
 * alone: each frame of a large page costs a millisecond or two. Twice, as signals do it: a microtask may render.
 */
options.requestAnimationFrame = (flush) => queueMicrotask(() => queueMicrotask(flush));

followAddress();
const draw = (): void => render(<App />, place);
if (place.firstChild === null) draw();
else {
  // What the server drew stays until it can be drawn again.
  import("./overview/page.tsx").then(async ({ overviewFeed }) => await overviewFeed().first).then(draw, draw);
}
whenIdle(() => {
  import("./background.ts").then(
    ({ startBackground }) => startBackground(),
    // The page shows all the same; its next load tries again.
    () => undefined,
  );
}, PATIENCE);
