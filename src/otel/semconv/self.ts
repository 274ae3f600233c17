/** The attribute keys of the program's own spans. Of HTTP's the former names too: older readers know only these. */
import { EXCEPTION_KEYS, SERVICE_KEYS, SESSION_KEYS } from "./attributes.ts";
import { ROUTE_KEYS } from "./content.ts";

export { EXCEPTION_EVENT } from "./attributes.ts";
export { REQUEST_METHOD_KEYS } from "./content.ts";
export { RESPONSE_STATUS_KEYS } from "./shown.ts";

export const SERVICE = SERVICE_KEYS[0];
export const SESSION = SESSION_KEYS.framework[1];

/** The pattern of the route; never the path, which holds names of sessions. */
export const [ROUTE] = ROUTE_KEYS;

export const RPC_SERVICE = "rpc.service";
export const RPC_METHOD = "rpc.method";

export const DATABASE = "db.system.name";
export const DATABASE_OPERATION = "db.operation.name";
export const DATABASE_COLLECTION = "db.collection.name";

export const [EXCEPTION_TYPE, ERROR_TYPE] = EXCEPTION_KEYS.type;
export const [EXCEPTION_MESSAGE] = EXCEPTION_KEYS.message;
export const [STACKTRACE] = EXCEPTION_KEYS.stacktrace;

/** `coarse`: the clock stood still for the whole span, as it does in Workers between two waits for other programs. */
export const CLOCK = "spanfold.clock";
export const COARSE = "coarse";

/** On a root: so many of its children are not stored. */
export const OMITTED_SPANS = "spanfold.spans.omitted";
