// The shared worker: a browser opens six connections to a host over HTTP/1.1, and one is enough for all its tabs.

import type { Told } from "./api/hub";
import { Hub } from "./api/hub";

export type Asked = { ask: "join"; who: string } | { ask: "leave" } | { ask: "sign-out" };

// A classic script: its own address says under which path of the host the dashboard is.
const hub = new Hub(new URL("api/v1", location.href).pathname);

addEventListener("connect", event => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const tell = (told: Told): void => port.postMessage(told);
  port.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
    if (data.ask === "join") hub.join(tell, data.who);
    else if (data.ask === "leave") hub.leave(tell);
    else hub.signOut();
  });
  port.start();
});
