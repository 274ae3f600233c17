import { authorisation } from "../server/access.ts";
import type { ImportAnswer } from "./import-answer.ts";

/** Sends a file to `POST /import`. `onSent`: how much of it has left, 0 to 1; `fetch` would not say. Rejects with why it could not be sent. */
export function sendFile(file: File, onSent: (fraction: number) => void): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/import");
    // What it holds, gzipped or not, the server finds out.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    const token = authorisation();
    if (token !== undefined) request.setRequestHeader("Authorization", token);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onSent(loaded / total);
    });
    request.upload.addEventListener("load", () => onSent(1));
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        type: request.getResponseHeader("Content-Type") ?? "",
        retryAfter: request.getResponseHeader("Retry-After"),
        text: request.responseText,
      }),
    );
    // A folder, say, or a file that changed meanwhile fails as the network does.
    request.addEventListener("error", () => reject(new Error("it could not be read, or the server cannot be reached")));
    request.addEventListener("abort", () => reject(new Error("it was broken off")));
    request.send(file);
  });
}
