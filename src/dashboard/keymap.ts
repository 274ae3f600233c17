/**
 * All keys of the page: keys, words, actions. Handlers, titles and the list of shortcuts are drawn from these maps. A key is named as in
 * KeyboardEvent, but "Space" for the space bar, and with "Shift+" where the key itself does not show it. A space separates the keys of
 * one action. Digits stand alone: an object lists them first.
 */
export type Keymap<Action extends string> = readonly {
  readonly words: string;
  readonly keys: Readonly<Record<string, Action>>;
}[];

export type ActionOf<Map> = Map extends Keymap<infer Action> ? Action : never;

/** Infers the actions. A view that uses the map has to handle each: the compiler asks for it. */
const keymap = <const Action extends string>(map: Keymap<Action>): Keymap<Action> => map;

export const HELP_KEYS = keymap([{ words: "These shortcuts", keys: { "?": "help" } }]);
export const STREAM_KEYS = keymap([{ words: "Pause or resume the stream", keys: { Space: "toggle" } }]);
export const CLOSE_KEYS = keymap([{ words: "Close the panel or dialog", keys: { Escape: "close" } }]);

export const LIST_KEYS = keymap([
  { words: "Next, previous session", keys: { "ArrowDown j": "next", "ArrowUp k": "previous" } },
  { words: "First, last session", keys: { Home: "first", End: "last" } },
  { words: "Open the session", keys: { Enter: "open" } },
  { words: "Show new sessions", keys: { ". Escape": "showNew" } },
]);
export const SEARCH_KEYS = keymap([{ words: "Search", keys: { "/": "search" } }]);

/** Of the spans and of the log records of a session. */
export const ROW_KEYS = keymap([
  { words: "Next, previous row", keys: { "ArrowDown j": "next", "ArrowUp k": "previous" } },
  { words: "20 rows down, up", keys: { PageDown: "pageDown", PageUp: "pageUp" } },
  { words: "First, last row", keys: { Home: "first", End: "last" } },
]);
export const TREE_KEYS = keymap([
  { words: "Expand, collapse or go to the parent", keys: { "ArrowRight l": "into", "ArrowLeft h": "out" } },
  { words: "Collapse all, expand all", keys: { "-": "collapseAll", "+ =": "expandAll" } },
]);
export const STEP_KEYS = keymap([
  { words: "Next, previous error", keys: { e: "nextError", E: "previousError" } },
  { words: "Next, previous step of the same kind", keys: { "]": "nextOfKind", "[": "previousOfKind" } },
]);
/** Without a search there are no hits, and the keys have no effect. */
export const HIT_KEYS = keymap([
  { words: "Next, previous hit of the search", keys: { n: "nextHit", N: "previousHit" } },
]);
export const TRANSCRIPT_KEYS = keymap([
  { words: "Open or fold the step in the transcript", keys: { o: "open" } },
  { words: "Markdown or raw text in the transcript", keys: { m: "raw" } },
]);
export const OPEN_KEYS = keymap([{ words: "Open the span or log record", keys: { Enter: "open" } }]);
/** Digits stand alone: an object lists them first. */
export const READING_KEYS = keymap([
  { words: "Transcript", keys: { "1": "transcript" } },
  { words: "Timeline", keys: { "2": "timeline" } },
  { words: "Steps", keys: { "3": "steps" } },
  { words: "Logs", keys: { "4": "logs" } },
]);
export const SESSION_KEYS = keymap([
  { words: "Zoom to the span", keys: { z: "zoom" } },
  { words: "Zoom out", keys: { "0": "zoomOut" } },
  { words: "Widen the panel", keys: { f: "widen" } },
  { words: "Follow the newest step", keys: { F: "follow" } },
  { words: "Replay, or back to live", keys: { r: "replay" } },
  { words: "Back to the sessions", keys: { u: "sessions" } },
]);

/** Of the panel of a span. */
export const PANEL_KEYS = keymap([{ words: "As it was sent, or back, in the panel", keys: { v: "raw" } }]);

/** Of the timeline. */
export const LANE_KEYS = keymap([
  { words: "Zoom in, out", keys: { w: "zoomIn", s: "zoomOut" } },
  { words: "Earlier, later", keys: { a: "earlier", d: "later" } },
  { words: "Critical path", keys: { c: "critical" } },
]);

export const REPLAY_KEYS = keymap([
  { words: "Play or pause", keys: { Space: "toggle" } },
  { words: "Slower, faster", keys: { "<": "slower", ">": "faster" } },
  { words: "Back, forward by 5 %", keys: { "Shift+ArrowLeft": "back", "Shift+ArrowRight": "forward" } },
  { words: "Back to live", keys: { r: "exit" } },
]);

type Pressed = Pick<KeyboardEvent, "key" | "shiftKey">;

/** The action of a key in this map, if it has one. */
export function actionOf<Action extends string>(map: Keymap<Action>, { key, shiftKey }: Pressed): Action | undefined {
  const name = key === " " ? "Space" : key;
  const find = (wanted: string) => pairsOf(map).find(([names]) => names.split(" ").includes(wanted))?.[1];
  return (shiftKey ? find(`Shift+${name}`) : undefined) ?? find(name);
}

const knownPairs = new WeakMap<Keymap<string>, readonly (readonly [string, string])[]>();

/** Found once for each map: titles of buttons ask with each drawing. */
function pairsOf<Action extends string>(map: Keymap<Action>): readonly (readonly [string, Action])[] {
  let pairs = knownPairs.get(map);
  if (pairs === undefined) knownPairs.set(map, (pairs = map.flatMap(({ keys }) => Object.entries(keys))));
  return pairs as readonly (readonly [string, Action])[];
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowRight: "→",
  ArrowLeft: "←",
  PageDown: "Page ↓",
  PageUp: "Page ↑",
  Escape: "Esc",
};

/** Keys as on a keyboard: "↓ j". */
export const keyWords = (names: string): string =>
  names
    .split(" ")
    .flatMap((name) => (name === "+" ? name : name.split("+")))
    .map((name) => SYMBOLS[name] ?? name)
    .join(" ");

/** The keys of an action as on a keyboard, for the title of its button. */
export function keyOf<Action extends string>(map: Keymap<Action>, action: Action): string {
  const pair = pairsOf(map).find(([, own]) => own === action);
  return pair === undefined ? "" : keyWords(pair[0]);
}
