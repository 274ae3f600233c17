/** An image that a text names. It is never loaded by itself. */
export type MarkdownImage = {
  readonly alt: string;
  /** What the reader sees of where it is. */
  readonly address: string;
  /** The image itself, if it may be shown when the reader asks for it. */
  readonly data?: string;
};

const PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/** Whether a link from a span may be followed. Relative ones would lead to the page's own routes. */
export function isSafeLink(href: string): boolean {
  const url = URL.parse(href);
  return url !== null && PROTOCOLS.has(url.protocol);
}

/** Raster images only: an SVG can hold scripts and addresses of other hosts. */
const RASTER = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/;
/** UTF-16 units; of base64, so three quarters of that many bytes. */
const MAX_DATA = (1_048_576 / 3) * 4;
const MAX_ADDRESS = 80;

/** `most`: UTF-16 units of an address that holds the image. */
export function imageOf(address: string, alt: string, most = MAX_DATA): MarkdownImage {
  if (!address.startsWith("data:")) return { alt, address };
  const type = /^data:([\w/+.-]{1,40})/.exec(address)?.[1] ?? "data";
  const shown = `${type}, ${Math.ceil((address.length * 3) / 4096)} kB`.slice(0, MAX_ADDRESS);
  const isShowable = address.length <= most && RASTER.test(address);
  return { alt, address: shown, ...(isShowable && { data: address }) };
}
