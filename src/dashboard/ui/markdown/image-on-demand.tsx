import { useState } from "preact/hooks";
import type { MarkdownImage } from "./addresses.ts";
import "./markdown.css";

/** An image is drawn when the reader asks for it. Images of other hosts would tell them who reads: they stay addresses. */
export function ImageOnDemand({ alt, address, data }: MarkdownImage) {
  const [isShown, setShown] = useState(false);
  if (data !== undefined && isShown) return <img class="markdown-image" src={data} alt={alt} />;
  const words = (
    <>
      <bdi>{alt === "" ? "image" : alt}</bdi> <bdi class="muted">{address}</bdi>
    </>
  );
  return data === undefined ? (
    <span class="image-placeholder" title="Only PNG, JPEG, GIF and WebP that are part of the text are shown">
      Image not loaded: {words}
    </span>
  ) : (
    <button type="button" class="image-placeholder" onClick={() => setShown(true)}>
      Show image: {words}
    </button>
  );
}
