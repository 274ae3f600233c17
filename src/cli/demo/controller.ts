import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { extname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { context, propagation, SpanKind } from "@opentelemetry/api";
import type { Assignment, Report, Story, StoryQuery } from "./story.ts";
import { inSpan } from "./telemetry.ts";

/** The other process. It performs queries in the trace context that comes with them. */
export type Executor = {
  readonly answer: (assignment: Omit<Assignment, "id">) => Promise<string>;
  /** The reason of a failed export. */
  readonly end: () => Promise<string | undefined>;
};

export function startExecutor(): Executor {
  const child: ChildProcess = fork(join(import.meta.dirname, `executor${extname(import.meta.filename)}`));
  const pending = new Map<number, (answer: string) => void>();
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("message", (report: Report) => {
      if ("ended" in report) return resolve(report.failure);
      pending.get(report.id)?.(report.answer);
      pending.delete(report.id);
    });
    child.once("exit", (code) => resolve(`its executor ended with ${code}`));
  });
  let assigned = 0;
  return {
    answer(assignment) {
      const id = ++assigned;
      return Promise.race([
        new Promise<string>((resolve) => {
          pending.set(id, resolve);
          child.send({ id, ...assignment } satisfies Assignment);
        }),
        ended.then((failure) => Promise.reject(new Error(failure))),
      ]);
    },
    end() {
      child.send("end");
      return ended;
    },
  };
}

/** Plays a session from its first query to its last. Its result is in the spans. */
export async function playStory(story: Story, session: string, pace: number, executor: Executor): Promise<void> {
  const conversation = randomUUID();
  for (const query of story.queries) {
    await sleep((query.after ?? 0) * pace * 1000);
    const baggage = propagation.createBaggage({
      "ark.session.id": { value: session },
      "conversation.id": { value: conversation },
      "query.name": { value: query.name },
      "query.namespace": { value: story.namespace },
    });
    await context.with(propagation.setBaggage(context.active(), baggage), () => dispatch(story, query, pace, executor));
  }
}

function dispatch(story: Story, query: StoryQuery, pace: number, executor: Executor): Promise<string> {
  return inSpan(`query.${query.name}.dispatch`, { attributes: { "query.input": query.input } }, () =>
    inSpan("a2a.send", { kind: SpanKind.CLIENT }, () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return executor.answer({ carrier, namespace: story.namespace, pace, query });
    }),
  );
}
