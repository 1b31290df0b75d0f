// Every question the API answers, asked as a program of somebody else's asks: by a client made from the document. It
// has to compile in strict mode.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Row = components["schemas"]["RatingRow"];
type Calls = components["schemas"]["HelpEvents"];

export interface Asked {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** @param token Of museum users token; without one, as somebody who needs no login here. */
export function questions(baseUrl: string, token?: string): Record<string, () => Promise<Asked>> {
  const { GET } = createClient<paths>({ baseUrl, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  const range = "all" as const;
  return {
    "/api/v1/museums": () => GET("/api/v1/museums"),
    "/api/v1/ratings": () =>
      GET("/api/v1/ratings", { params: { query: { range, excludeRepeats: true, hour: [9, 10, 11, 12, 13, 14] } } }),
    "/api/v1/ratings/trend": () => GET("/api/v1/ratings/trend", { params: { query: { range, by: "week" } } }),
    "/api/v1/ratings/busiest": () => GET("/api/v1/ratings/busiest", { params: { query: { range } } }),
    "/api/v1/ratings/events": () =>
      GET("/api/v1/ratings/events", {
        params: { query: { range, type: [0, 4], weekday: 2, hour: [9, 10], limit: 50 } },
      }),
    "/api/v1/help": () => GET("/api/v1/help", { params: { query: { state: "all", limit: 500 } } }),
    "/api/v1/help/events": () => GET("/api/v1/help/events", { params: { query: { range, answer: "any" } } }),
    "/api/v1/safety": () => GET("/api/v1/safety", { params: { query: { range } } }),
    "/api/v1/safety/trend": () => GET("/api/v1/safety/trend", { params: { query: { range, by: "week" } } }),
    "/api/v1/safety/patrols": () => GET("/api/v1/safety/patrols", { params: { query: { range } } }),
    "/api/v1/exhibition": () =>
      GET("/api/v1/exhibition", { params: { query: { range, exhibition: ["EXH_00"], by: "week" } } }),
    "/api/v1/floor-plan": () => GET("/api/v1/floor-plan", { params: { query: { range } } }),
    "/api/v1/floor-plan/picture": () =>
      GET("/api/v1/floor-plan/picture", { params: { query: { floor: "1" } }, parseAs: "text" }),
    "/api/v1/annotations": () => GET("/api/v1/annotations"),
    "/api/v1/data/kiosks": () => GET("/api/v1/data/kiosks", { params: { query: { range } } }),
    "/api/v1/data/refused": () => GET("/api/v1/data/refused", { params: { query: { range } } }),
    "/api/v1/data/refused/events": () =>
      GET("/api/v1/data/refused/events", { params: { query: { range, help: true, limit: 500 } } }),
    "/api/v1/data/record": async () => {
      const { data } = await GET("/api/v1/help/events", { params: { query: { range, limit: 1 } } });
      const id = (data as Calls | undefined)?.events[0]?.id ?? "";
      return GET("/api/v1/data/record", { params: { query: { of: "help", id } } });
    },
    "/api/v1/data/live": () => GET("/api/v1/data/live"),
    "/api/v1/data/loads": () => GET("/api/v1/data/loads"),
    "/api/v1/data/quarantine": () =>
      GET("/api/v1/data/quarantine", { params: { query: { state: "held", reason: "unknown_site", limit: 500 } } }),
    "/api/v1/data/audit": () => GET("/api/v1/data/audit"),
    "/api/v1/me": () => GET("/api/v1/me"),
    "/api/v1/live": () =>
      GET("/api/v1/live", {
        params: { query: { museum: "*" } },
        parseAs: "stream",
        signal: AbortSignal.timeout(5_000),
      }),
  };
}

/** Fields with their own types: a mean may be absent, never a text. */
export function best(rows: Row[]): Row | undefined {
  const mean = (row: Row): number => row.mean ?? Number.NEGATIVE_INFINITY;
  return rows.filter(row => row.enough).sort((a, b) => mean(b) - mean(a) || b.votes - a.votes)[0];
}
