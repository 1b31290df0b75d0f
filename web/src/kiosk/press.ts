// One press: sent to the broker, and followed until the database has it or has refused it. Nothing is called stored
// before the database says so.

import { change, read } from "../api/client";
import { base } from "../base/place";

export interface Place {
  place: string;
  message: string;
}

export type Fate =
  | { state: "sending" }
  | ({ state: "waiting" | "late" } & Place)
  | ({ state: "stored"; after: number } & Place)
  | ({ state: "refused"; meaning: string; detail: string } & Place)
  | ({ state: "unknown" } & Place)
  | { state: "failed"; why: string };

interface Sent extends Place {
  partition: number;
  offset: number;
}

interface Answer {
  state: "waiting" | "stored" | "refused" | "unknown";
  place: string;
  meaning: string | null;
  detail: string | null;
}

const seconds = 1_000;
/** From here on it says that it takes long. */
const late = 10 * seconds;
/** The server answers after two seconds at most. */
const answerWithin = 6 * seconds;

export async function press(button: object, tell: (fate: Fate) => void): Promise<void> {
  const begun = performance.now();
  tell({ state: "sending" });
  let sent: Sent;
  try {
    sent = await change<Sent>(`${base}/kiosk/presses`, button, answerWithin);
  } catch (e) {
    return tell({ state: "failed", why: e instanceof Error ? e.message : String(e) });
  }
  const { message } = sent;
  tell({ state: "waiting", place: sent.place, message });
  for (;;) {
    const answer = await ask(sent);
    const { place } = answer ?? sent;
    if (answer?.state === "stored") return tell({ state: "stored", place, message, after: performance.now() - begun });
    if (answer?.state === "refused")
      return tell({ state: "refused", place, message, meaning: answer.meaning ?? "", detail: answer.detail ?? "" });
    if (answer?.state === "unknown") return tell({ state: "unknown", place, message });
    if (performance.now() - begun > late) tell({ state: "late", place, message });
    if (!answer) await new Promise(done => setTimeout(done, 2 * seconds));
  }
}

async function ask({ partition, offset }: Sent): Promise<Answer | null> {
  try {
    return await read<Answer>(`${base}/kiosk/presses/${partition}/${offset}`, answerWithin);
  } catch {
    // The server is away: asked again.
    return null;
  }
}
