// Connects a page to the one stream: through the shared worker, or, if there is none or it is silent, with a stream of
// its own.

import { base } from "../base/place";
import type { Asked } from "../live-worker";
import { root } from "./client";
import type { Told } from "./hub";
import { Hub } from "./hub";

declare const WORKER: string;

export interface Channel {
  join(who: string): void;
  leave(): void;
  signOut(): void;
  close(): void;
}

export function open(listener: (told: Told) => void, alone: boolean): Channel {
  if (alone || typeof SharedWorker === "undefined") return within(listener);
  try {
    return through(new SharedWorker(`${base}/live.js?${WORKER}`, { name: "museum" }), listener);
  } catch {
    return within(listener);
  }
}

function through({ port }: SharedWorker, listener: (told: Told) => void): Channel {
  port.onmessage = ({ data }: MessageEvent<Told>) => listener(data);
  const ask = (asked: Asked): void => port.postMessage(asked);
  return {
    join: who => ask({ ask: "join", who }),
    leave: () => ask({ ask: "leave" }),
    signOut: () => ask({ ask: "sign-out" }),
    close: () => {
      ask({ ask: "leave" });
      port.close();
    },
  };
}

/** Without a worker only the visible tab keeps a stream: each one takes one of the browser's six connections. */
function within(listener: (told: Told) => void): Channel {
  const hub = new Hub(root);
  let name: string | null = null;
  const look = (): void => {
    if (name !== null && !document.hidden) hub.join(listener, name);
    else hub.leave(listener);
  };
  document.addEventListener("visibilitychange", look);
  const leave = (): void => {
    name = null;
    look();
  };
  return {
    join: who => {
      name = who;
      look();
    },
    leave,
    signOut: () => hub.signOut(),
    close: () => {
      leave();
      document.removeEventListener("visibilitychange", look);
    },
  };
}
