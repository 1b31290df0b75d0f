// Reads for one page: the newest query wins, and the screen stays as it is until its answer is here. If the server
// refuses the query the old numbers are removed: they answered another one.
import { get, Refusal, Unreachable } from "../api/client";
import type { Figure } from "../figures/figure";

export class Loading {
  private abort = new AbortController();

  /** Forgets requests that are still running. */
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
            : "The server does not answer. The numbers shown are the last ones read; the page continues by itself.";
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
