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

export type Right = "read" | "write" | "administer";

/** The roles that a token can give. */
const RIGHTS = {
  admin: ["read", "write", "administer"],
  ingest: ["write"],
  view: ["read"],
} as const satisfies Record<string, readonly Right[]>;

export type Role = keyof typeof RIGHTS;

/** The caller of a request. An anonymous caller has no right; `refusal` explains it. */
export type Principal = { readonly tenant: string } & (
  | { readonly role: Role }
  | { readonly role: "anonymous"; readonly refusal: Refusal }
);

export function can(principal: Principal, right: Right): boolean {
  return refusalFor(principal, right) === undefined;
}

/** The refusal of a principal without the right. */
export function refusalFor(principal: Principal, right: Right): Refusal | undefined {
  if (principal.role === "anonymous") return principal.refusal;
  const rights: readonly Right[] = RIGHTS[principal.role];
  if (rights.includes(right)) return undefined;
  return {
    reason: "no-right",
    status: 403,
    title: "Forbidden",
    detail: `This token may ${rights.join(" and ")} only; this request needs a token that may ${right}.`,
  };
}
