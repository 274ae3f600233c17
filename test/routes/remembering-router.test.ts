import { expect, test } from "vitest";
import { RememberingRouter } from "../../src/routes/remembering-router.ts";

function routerOf(...paths: readonly string[]): RememberingRouter<string> {
  const router = new RememberingRouter<string>();
  for (const path of paths) router.add("GET", path, path);
  return router;
}

test("a path that comes again has the same match", () => {
  const router = routerOf("/sessions/:id", "/sessions/:id/otlp");
  expect(router.match("GET", "/sessions/a")).toEqual([[["/sessions/:id", { id: "a" }]]]);
  expect(router.match("GET", "/sessions/b")).toEqual([[["/sessions/:id", { id: "b" }]]]);
  expect(router.match("GET", "/sessions/a")).toEqual([[["/sessions/:id", { id: "a" }]]]);
});

test("the methods of one path have matches of their own", () => {
  const router = routerOf("/v1/traces");
  expect(router.match("GET", "/v1/traces")[0]).toHaveLength(1);
  expect(router.match("POST", "/v1/traces")[0]).toHaveLength(0);
});

test("a thousand paths leave the match of the first as it was", () => {
  const router = routerOf("/sessions/:id");
  const first = router.match("GET", "/sessions/first");
  for (let at = 0; at < 1_000; at++) router.match("GET", `/sessions/${at}`);
  expect(router.match("GET", "/sessions/first")).toEqual(first);
});

test("a route that is added later is found", () => {
  const router = routerOf("/a");
  expect(router.match("GET", "/b")[0]).toHaveLength(0);
  router.add("GET", "/b", "/b");
  expect(router.match("GET", "/b")[0]).toHaveLength(1);
});
