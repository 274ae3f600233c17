/** How long a press may go on after each of its events, milliseconds. A longer one is a drag. The click of a tap comes after its release. */
const GOES_ON = { pointerdown: 1_000, pointerup: 100, click: 0 };
const AGAIN = 30;

let until = 0;
for (const [type, millis] of Object.entries(GOES_ON))
  addEventListener(type, () => (until = performance.now() + millis), true);

/** In the order in which they came. */
const waiting: (() => void)[] = [];

/**
 * Calls `change` at once, or after the press that goes on: a browser drops a click if what was pressed goes or moves before its release.
 */
export function afterPress(change: () => void): void {
  if (waiting.push(change) === 1) run();
}

function run(): void {
  if (performance.now() < until) {
    setTimeout(run, AGAIN);
    return;
  }
  try {
    waiting.shift()?.();
  } finally {
    // A change that fails harms no other.
    if (waiting.length > 0) run();
  }
}
