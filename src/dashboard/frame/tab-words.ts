/** The title of a tab, for a reader who looks elsewhere. `failed`: since the reader last looked. */
export type Attention = { readonly waiting: number; readonly failed: number };

/** "(2 waiting, 1 failed) Sessions · Spanfold" */
export function titleWith(title: string, { waiting, failed }: Attention): string {
  const words = [waiting > 0 ? `${waiting} waiting` : "", failed > 0 ? `${failed} failed` : ""].filter(Boolean);
  return words.length === 0 ? title : `(${words.join(", ")}) ${title}`;
}

/** An icon with the number of both; `undefined` if there are none. What waits is blue, what only failed red. */
export function badgeIcon({ waiting, failed }: Attention): string | undefined {
  const count = waiting + failed;
  if (count === 0) return undefined;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="${
    waiting > 0 ? "#3346cf" : "#b3261e"
  }"/><text x="12" y="17.5" font-family="sans-serif" font-size="${count > 9 ? 13 : 16}" font-weight="700" text-anchor="middle" fill="#fff">${
    count > 99 ? "99" : count
  }</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
