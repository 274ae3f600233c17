/** Marks in the mounted rows. */
const MAX_MARKS = 500;

/** Where the element's texts say what is searched, in either case. */
export function rangesOf(element: HTMLElement, text: string): Range[] {
  const wanted = text.trim().toLowerCase();
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < MAX_MARKS; node = walker.nextNode()) {
    const own = (node.nodeValue ?? "").toLowerCase();
    // Some letters change their length with their case: their texts have no marks.
    if (own.length !== node.nodeValue?.length) continue;
    for (let at = own.indexOf(wanted); at >= 0 && ranges.length < MAX_MARKS; at = own.indexOf(wanted, at + 1)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}
