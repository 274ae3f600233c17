import { render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./feeds.ts";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

followAddress();
render(<App />, place);
