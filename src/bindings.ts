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
};
