import { mediaText } from "../../../content/media.ts";
import type { Media } from "../../../content/media.ts";
import { visibleText } from "../../../lib/visible-text.ts";
import { imageOf } from "./addresses.ts";
import { ImageOnDemand } from "./image-on-demand.tsx";

/** UTF-16 units of base64: screenshots of whole pages have some megabytes. */
const MAX_PICTURE = (8_388_608 / 3) * 4;

/** A picture, drawn when the reader asks for it; of other media their type and size. */
export function MediaView({ media }: { readonly media: Media }) {
  const { modality, mimeType = "application/octet-stream", name, address, data } = media;
  if (modality === "image") {
    const alt = visibleText(name ?? "");
    // Some producers write base64 in the form for addresses.
    const plain = data?.replaceAll("-", "+").replaceAll("_", "/");
    const image =
      plain === undefined ? imageOf(address ?? "", alt) : imageOf(`data:${mimeType};base64,${plain}`, alt, MAX_PICTURE);
    return <ImageOnDemand {...image} address={visibleText(image.address)} />;
  }
  return (
    <span class="image-placeholder">
      {modality}: <bdi>{visibleText(mediaText(media))}</bdi>
    </span>
  );
}
