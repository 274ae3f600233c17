import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that systems choose by themselves, for a listener at port 0 or a connection: none of these takes one from a test. */
const [FIRST, COUNT] = [10_000, 20_000];

const chosen = new Set<number>();

/**
 * A port on loopback on which nothing listens now, for programs that can't choose one, and for those that come back at their port:
 * meanwhile no other program gets it from the system.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (chosen.has(port)) continue;
    chosen.add(port);
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
      return port;
    } catch {
      // It is taken.
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
