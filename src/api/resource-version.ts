/** `<generation>.<revision>`: opaque to clients, the `id:` of stream events. */
export type ResourceVersion = { readonly generation: string; readonly revision: number };

export function formatVersion(generation: string, revision: number): string {
  return `${generation}.${revision}`;
}

/** `undefined` when the text is no version at all; one of another life of the log is found out by the log. */
export function parseVersion(text: string): ResourceVersion | undefined {
  const match = /^([0-9a-z]{1,64})\.(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  return { generation: match[1] ?? "", revision: Number(match[2]) };
}
