/** What a stream says of itself, apart from spans. */
export type SessionViewState = {
  /** Everything up to this resourceVersion was folded; `undefined` before the first bookmark and after a reset. */
  readonly caughtUp?: string;
  /** Clock of the server at the last bookmark, Unix milliseconds. */
  readonly serverNow?: number;
  /** The session lives on under this name. */
  readonly moved?: string;
  readonly deleted?: true;
};
