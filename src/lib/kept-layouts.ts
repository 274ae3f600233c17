const kept: object[] = [];

/**
 * Keeps one object of each layout for as long as the isolate lives. Optimised code holds the layouts of the objects that it reads
 * weakly: when a full collection finds no object of a layout, V8 forgets the layout and drops all code that knows it ("embedded weak
 * objects cleared" in its `--trace-deopt`). Objects that live as long as a request are nearly never there at that moment.
 */
export function keepLayouts(...objects: readonly object[]): void {
  kept.push(...objects);
}
