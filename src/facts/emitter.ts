import { cut } from "../lib/one-line.ts";
import { textHash } from "../lib/text-hash.ts";
import type { Resource, Scope } from "../otel/span.ts";
import { indexAttributes, textIn, valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { producerOfScope, producerOfService } from "./producer.ts";
import type { Producer } from "./producer.ts";
import { claimsIn, withoutExported } from "./session-claim.ts";

/** What a resource and a scope say of every span under them. */
export type Emitter = {
  readonly index: AttributeIndex;
  /** The session names that an export states; absent without. */
  readonly claims: readonly string[] | undefined;
  /** A span under two resources has two versions. The hash must differ, so that the same one wins in any order of arrival. */
  readonly seed: number;
  readonly service: string | undefined;
  readonly user: string | undefined;
  readonly byScope: Producer | undefined;
  readonly byService: Producer | undefined;
};

/** UTF-16 units. */
const MAX_NAME = 256;

type Known = {
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
  readonly text: string;
  readonly emitter: Emitter;
};

/** Spans are read scope by scope, and a program's requests have equal ones: the last one answers for nearly all of them. */
let last: Known | undefined;

export function emitterOf(resource: Resource | undefined, scope: Scope | undefined): Emitter {
  if (last !== undefined && last.resource === resource && last.scope === scope) return last.emitter;
  const text = JSON.stringify([resource, scope]);
  const emitter = last?.text === text ? last.emitter : readEmitter(resource, scope);
  last = { resource, scope, text, emitter };
  return emitter;
}

function readEmitter(resource: Resource | undefined, scope: Scope | undefined): Emitter {
  const index = resourceIndex(resource);
  const exported = valueIn(index, FIELD.sessionClaims);
  const isExported = exported !== undefined || index[FIELD.exportedSession] !== undefined;
  return {
    index,
    claims: exported === undefined ? undefined : claimsIn(exported),
    seed: emitterSeed(isExported && resource ? withoutExported(resource) : resource, scope),
    service: nameIn(index, FIELD.service),
    user: nameIn(index, FIELD.user),
    byScope: scope === undefined ? undefined : producerOfScope(scope.name ?? ""),
    byService: resource === undefined ? undefined : producerOfService(resource),
  };
}

function nameIn(index: AttributeIndex, field: number): string | undefined {
  const text = textIn(index, field);
  return text === undefined ? undefined : cut(text, MAX_NAME);
}

export function serviceOf(resource: Resource | undefined): string | undefined {
  return nameIn(resourceIndex(resource), FIELD.service);
}

const seeds = new WeakMap<Resource | Scope, number>();

export function emitterSeed(resource: Resource | undefined, scope: Scope | undefined): number {
  return seedOf(resource) ^ Math.imul(seedOf(scope), 0x9e3779b1);
}

function seedOf(emitter: Resource | Scope | undefined): number {
  if (emitter === undefined) return 0;
  let seed = seeds.get(emitter);
  if (seed === undefined) {
    const text = JSON.stringify(emitter);
    // The log omits an empty resource or scope: it must hash as a missing one.
    seed = text === "{}" ? 0 : Number.parseInt(textHash(text).slice(0, 8), 16) | 0;
    seeds.set(emitter, seed);
  }
  return seed;
}

/** Many spans share one resource. */
const resources = new WeakMap<Resource, AttributeIndex>();

export function resourceIndex(resource: Resource | undefined): AttributeIndex {
  if (resource === undefined) return indexAttributes(undefined);
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const index = indexAttributes(resource.attributes);
  resources.set(resource, index);
  return index;
}
