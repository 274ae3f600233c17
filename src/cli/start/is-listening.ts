import { connect, type NetConnectOpts } from "node:net";

/** Whether somebody accepts connections there. */
export async function isListening(where: NetConnectOpts): Promise<boolean> {
  const socket = connect(where);
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
