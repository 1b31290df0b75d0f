// Reads for one page: the newest question wins, and what is on screen stays until its answer is here.
import { Refusal, Unreachable, get } from "../api/client";
import type { Figure } from "../figures/figure";

export class Loading {
  private abort = new AbortController();

  /** Forgets what is still under way. */
  begin(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  async into<T>(path: string, query: string, figures: Figure[], show: (data: T) => void): Promise<void> {
    const { signal } = this.abort;
    figures.forEach(figure => figure.wait());
    try {
      const data = await get<T>(path, query, signal);
      if (!signal.aborted) show(data);
    } catch (e) {
      if (signal.aborted) return;
      const text = e instanceof Refusal ? e.message : e instanceof Unreachable ? "The server does not answer. What is shown is what was read last; the page goes on by itself." : null;
      if (text === null) throw e;
      figures.forEach(figure => figure.fail(text));
    }
  }
}
