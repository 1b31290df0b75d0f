// Reads for one page: the newest question wins, and what is on screen stays until its answer is here. Where the server refuses the question it goes: it
// was the answer to another one.
import { get, Refusal, Unreachable } from "../api/client";
import type { Figure } from "../figures/figure";

export class Loading {
  private abort = new AbortController();

  /** Forgets what is still under way. */
  begin(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  async into<T>(
    path: string,
    query: string,
    figures: Figure[],
    show: (data: T) => void,
    refused: (why: string) => void = () => undefined,
  ): Promise<void> {
    const { signal } = this.abort;
    figures.forEach(figure => figure.wait());
    try {
      const data = await get<T>(path, query, signal);
      if (!signal.aborted) show(data);
    } catch (e) {
      if (signal.aborted) return;
      if (e instanceof Unreachable || (e instanceof Refusal && e.status >= 500)) {
        const text =
          e instanceof Refusal
            ? e.message
            : "The server does not answer. Numbers shown here are those read last; the page goes on by itself.";
        figures.forEach(figure => figure.fail(text));
      } else if (e instanceof Refusal) {
        const { message } = e;
        figures.forEach(figure => figure.refuse(message));
        refused(message);
      } else {
        throw e;
      }
    }
  }
}
