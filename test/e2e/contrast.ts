/**
 * Texts in view with less contrast than WCAG 2.2 AA requires (4.5 to 1; 3 to 1 for large text), each with its ratio. Runs
 * in the page. It ignores gradients and pictures, because no text stands on one.
 */
export function faintTexts(): string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const parse = (text: string): Colour => {
    const [a = 0, b = 0, c = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    return [a * scale, b * scale, c * scale, alpha];
  };
  const over = (above: Colour, below: Colour): Colour => {
    const mix = (a: number, b: number): number => a * above[3] + b * (1 - above[3]);
    return [mix(above[0], below[0]), mix(above[1], below[1]), mix(above[2], below[2]), 1];
  };
  const linear = (value: number): number => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([red, green, blue]: Colour): number =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const above = (element: Element): Element[] => {
    const path: Element[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) path.push(at);
    return path;
  };
  const found: string[] = [];
  let looked = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null) {
    const text = texts.currentNode.textContent?.trim() ?? "";
    const element = texts.currentNode.parentElement;
    if (text === "" || element === null) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width < 2 || box.bottom < 0 || box.top > innerHeight || style.visibility === "hidden") continue;
    looked++;
    const path = above(element);
    const ground = path
      .map((one) => parse(getComputedStyle(one).backgroundColor))
      .reduceRight<Colour>((below, colour) => over(colour, below), [255, 255, 255, 1]);
    const opacity = path.reduce((product, one) => product * Number(getComputedStyle(one).opacity), 1);
    const [red, green, blue, alpha] = parse(style.color);
    const ratio = [luminance(over([red, green, blue, alpha * opacity], ground)), luminance(ground)]
      .sort((a, b) => b - a)
      .map((value) => value + 0.05)
      .reduce((light, dark) => light / dark);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} .${element.className}: ${text.slice(0, 40)}`);
  }
  return looked === 0 ? ["no text is in view"] : found;
}
