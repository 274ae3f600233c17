/** What the program is given: wrangler's bindings, and secrets and variables that a deployment may set. */
export type Bindings = Env & {
  /** May do everything. Without it, and without OPEN_ACCESS, data routes answer 503. */
  readonly ADMIN_TOKEN?: string;
  /** May only write. */
  readonly INGEST_TOKEN?: string;
  /** May only read. */
  readonly VIEW_TOKEN?: string;
  /** "loopback": no token is asked, and only requests addressed to this machine are answered. */
  readonly OPEN_ACCESS?: string;
  /** JSON: prices of models that go over the list prices, `{"<model>": {"input", "cached"?, "output"}}`, US dollars per million tokens. */
  readonly PRICES?: string;
  /** For how many days after its last arrival a trace is kept; 0 or "forever": until it is deleted. */
  readonly RETENTION_DAYS?: string;
  /** Where a session takes no more, and where the sessions that were silent for longest are forgotten; such as 500MB. */
  readonly MAX_SESSION_BYTES?: string;
  readonly MAX_TENANT_BYTES?: string;
};
