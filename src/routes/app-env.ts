import type { Bindings } from "../bindings.ts";

export type AppEnv = { Bindings: Bindings; Variables: { tenant: string } };
