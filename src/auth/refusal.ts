/** A request that no route answers. */
export type Refusal = {
  /** `no-right`: a wrong or weaker token, or an address that an open program does not answer. */
  readonly reason: "bad-request" | "foreign-page" | "no-right" | "not-set-up" | "no-stated-right" | "failed";
  readonly status: 400 | 401 | 403 | 500 | 503;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id under which the log has the failure. */
  readonly reference?: string;
};
