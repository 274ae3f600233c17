import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Why the program can't listen at this address, as a sentence: the runtime's own error says less, and comes later. Port 0 is any free one. */
export async function whyNotListen(host: string, port: number, command: string): Promise<string | undefined> {
  const taken = `Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 ${command}`;
  // Some systems let two programs listen at one port, if one names its address and the other takes every address.
  if (port !== 0 && (await isListening(reachedHost(host), port))) return taken;
  const error = await errorOfListening(host, port);
  switch (error?.code) {
    case undefined:
      return error?.message;
    case "EADDRINUSE":
      return taken;
    case "EACCES":
      return `This user may not listen at port ${port}. Choose another: PORT=8788 ${command}`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EAI_AGAIN":
    case "EINVAL":
    case "ENOTFOUND":
      return `HOST=${host} is not an address of this machine. Leave HOST out for 127.0.0.1, or set 0.0.0.0 for every address.`;
    default:
      return `Nothing can listen at HOST=${host} PORT=${port}: ${error?.message}.`;
  }
}

/** The address at which this machine reaches a program that listens at `host`. */
export function reachedHost(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}

/** The URL at which this machine reaches a program that listens at `host`. */
export function reachedAt(url: URL, host: string): URL {
  const reached = new URL(url);
  if (reachedHost(host) !== host) reached.hostname = reachedHost(host);
  return reached;
}

export async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

async function errorOfListening(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  try {
    await once(server.listen({ host, port }), "listening");
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    server.close();
  }
}
