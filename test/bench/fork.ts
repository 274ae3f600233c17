import { fork as spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";

const PROGRAM = join(import.meta.dirname, "programs", "exporting.ts");
const ROUNDS = 5;
/** Turns of a round, of each program in its turn: what slows the machine meanwhile slows all alike. */
const TURNS = 24;
const SPANS_A_TURN = 4_096;
/** Until the engine has compiled what is hot, and the breaker of a receiver that is away is open: its fifth attempt is made within 8 s. */
const WARM_UP_MILLIS = 10_000;

/** Nothing listens at the port of discarding. */
const AWAY = "127.0.0.1:9";

/** What a fork costs a program that exports spans: processor time of the program without it ÷ with it. */
export async function benchFork(_bench: unknown, quick: boolean): Promise<Section> {
  const taking = await listen((request, answer) => request.resume().once("end", answer));
  const silent = await listen((request) => request.resume());
  try {
    const forks = [
      { name: "the receiver is away", endpoint: AWAY, target: 1 },
      { name: "the receiver never answers", endpoint: addressOf(silent), target: 1 },
      { name: "the receiver takes all spans", endpoint: addressOf(taking) },
    ];
    const primary = `http://${addressOf(taking)}/v1/traces`;
    const rounds: number[][] = [];
    for (let round = 0; round < (quick ? 2 : ROUNDS); round++)
      rounds.push(await measure(primary, [undefined, ...forks.map(({ endpoint }) => endpoint)], quick));
    const figures = forks.map(({ name, target }, at): Figure => {
      const shares = rounds.map(([alone = 0, ...forked]) => alone / (forked[at] ?? Number.NaN));
      const cost = median(rounds.map((round) => round[at + 1] ?? Number.NaN));
      const base = median(rounds.map(([alone = 0]) => alone));
      return {
        name,
        // Rounds differ by a hundredth.
        value: Math.round(median(shares) * 100) / 100,
        unit: "",
        ...(target === undefined ? {} : { target }),
        detail: `${spread(shares)} over ${rounds.length} rounds; ${cost.toFixed(2)} µs a span, ${base.toFixed(2)} without a fork`,
      };
    });
    return {
      bench: "fork",
      title: "processor time of a program that exports spans: without a fork ÷ with one",
      figures,
    };
  } finally {
    for (const server of [taking, silent]) {
      server.closeAllConnections();
      server.close();
    }
  }
}

/** Microseconds a span of new programs, one for each endpoint. */
async function measure(primary: string, endpoints: readonly (string | undefined)[], quick: boolean): Promise<number[]> {
  const programs = endpoints.map((endpoint) =>
    spawn(PROGRAM, endpoint === undefined ? [primary] : [primary, endpoint]),
  );
  try {
    await Promise.all(programs.map((program) => once(program, "message")));
    const costs = programs.map((): number[] => []);
    const warm = performance.now() + (quick ? WARM_UP_MILLIS / 2 : WARM_UP_MILLIS);
    for (let left = quick ? 10 : TURNS; left > 0;) {
      const counts = performance.now() >= warm;
      // The program before may still send in the background: each has another one before it in each turn.
      for (const at of shuffled(programs.length)) {
        const program = programs[at];
        const micros = program === undefined ? Number.NaN : await turnOf(program);
        if (counts) costs[at]?.push(micros / SPANS_A_TURN);
      }
      if (counts) left -= 1;
    }
    return costs.map(median);
  } finally {
    for (const program of programs) program.kill();
  }
}

function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, at) => ({ at, place: Math.random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ at }) => at);
}

async function turnOf(program: ChildProcess): Promise<number> {
  const answer = once(program, "message") as Promise<[number]>;
  program.send(SPANS_A_TURN);
  const [micros] = await answer;
  return micros;
}

type Listener = (request: IncomingMessage, answer: () => void) => void;

async function listen(listener: Listener): Promise<Server> {
  const server = createServer((request, response) => listener(request, () => response.writeHead(200).end()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const addressOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
