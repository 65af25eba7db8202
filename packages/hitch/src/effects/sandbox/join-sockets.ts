import type { Socket } from "node:net";

/** Hands on what comes from one end to the other, and how it ends. Both are half open when one side has ended. */
export function joinSockets(left: Socket, right: Socket): void {
  for (const [from, to] of [[left, right] as const, [right, left] as const]) {
    from.on("error", () => undefined); // 'close' follows
    from.on("close", () => {
      // Cut off, not ended: what was said may not be all. After an end `pipe` has let the other write what is left.
      if (!from.readableEnded) to.destroy();
    });
    from.pipe(to);
  }
}
