// The shapes of /api/v1. Instants are ISO 8601 with Z, days yyyy-MM-dd in the museum's zone.

export interface Exh { publicId: string; site: string; name: string; floor: string; department: string; startDate: string }

export interface Me { name: string | null; role: "viewer" | "security" | "operator"; loginRequired: boolean; canAcknowledge: boolean; canOperate: boolean }

export interface Museum {
  code: string; name: string; timeZone: string; opens: string; closes: string; firstPress: string | null; lastPress: string | null; exhibitions: Exh[];
}

export interface Period {
  museum: string; timeZone: string; from: string; to: string; range: string; previousFrom: string | null; previousTo: string | null;
  openHours: number; generatedAt: string; asOf: string | null; repeatsPending: boolean;
}

export interface Score {
  votes: number; mean: number | null; low: number | null; high: number | null; shrunk: number | null; enough: boolean; distribution: number[];
}

export type Verdict = "better" | "worse" | "no-clear-change" | "not-enough-data";
export interface Change { votes: number; mean: number | null; change: number | null; low: number | null; high: number | null; verdict: Verdict; launch?: string }
export type Status = "on-target" | "near-target" | "below-target" | "not-enough-data" | "no-data";

export interface Row extends Exh, Score {
  rank: number | null; status: Status; votesPerOpenHour: number | null; previous: Change | null; usual: Change | null; sinceLaunch: Change | null;
}

export interface Ratings {
  period: Period; target: { mean: number; near: number }; total: Score; previous: Score | null; exhibitions: Row[];
  departments: (Score & { name: string })[]; floors: (Score & { name: string })[];
}

export interface Trend { period: Period; by: string; points: string[]; series: { publicId: string; name: string; votes: (number | null)[]; mean: (number | null)[] }[] }
export interface Busiest { period: Period; cells: { weekday: number; hour: number; votes: number; openHours: number; perOpenHour: number | null }[] }

export interface Presses { emergencies: number; assistance: number; perOpenHour: number | null }

export interface Safety {
  period: Period;
  totals: Presses & { previous: Presses | null; notCounted: { unreadable: number; outOfHours: number; other?: number } };
  exhibitions: (Exh & Presses & { low: number | null; high: number | null; notCounted: number })[];
  floors: (Presses & { name: string; low?: number | null; high?: number | null })[];
  hours: (Presses & { hour: number; openHours: number })[];
  heat: { floor: string; hour: number; presses: number; openHours: number; perOpenHour: number | null; low: number | null; high: number | null }[];
  response: {
    answered: number; unanswered: number; medianSeconds: number | null; p90Seconds: number | null;
    weeks: { week: string; answered: number; unanswered: number; medianSeconds: number | null }[];
  };
}

export interface Walk { hour: number; floor: string; perOpenHour: number | null; low: number | null; high: number | null; reason: string }
export interface Patrols { period: Period; method: string; walks: Walk[]; quiet: (Partial<Walk> | string)[] }

export type Kind = "emergency" | "assistance" | "unreadable";

export interface Press {
  id: string; kind: Kind; outOfHours: boolean; reason: string | null; meaning: string | null; at: string | null; receivedAt: string | null; museum: string;
  exhibition: Exh | null; site: string | null; live: boolean; state: "open" | "acknowledged" | "lapsed" | "history"; acknowledgedBy: string | null;
  acknowledgedAt: string | null; responseSeconds: number | null; note: string | null; escalatedAt: string | null;
  actions: { action: string; who: string; note: string | null; at: string }[];
}

export interface Help { presses: Press[]; open: number; total: number }

export interface Kiosks {
  repeatsPending: boolean;
  period: Period;
  kiosks: (Exh & {
    lastPress: string | null; silentSeconds: number | null; usualGapSeconds: number | null; state: "ok" | "quiet" | "silent" | "never-heard" | "closed";
    explanation: string; repeats: { presses: number; share: number | null; worstHour: string | null }; refused: { count: number; share: number | null };
  })[];
}

export interface Refused {
  period: Period; read: number; quarantined: number; share: number | null;
  reasons: { reason: string; meaning: string; count: number; share: number | null; possibleHelp: number }[];
  sites: { site: string | null; exhibition: Exh | string | null; count: number; reasons: Record<string, number> }[];
}

export interface LiveRoad {
  lastPress: string | null; lastArrival: string | null; ageSeconds: number | null; state: string; healthy: boolean; problem: string | null; lag: number | null;
  partitions: {
    topic: string; partition: number; position: number | null; end: number | null; lag: number | null; owner: string | null; state: string;
    problem: string | null; seenAt: string | null;
  }[];
}

export interface Loads {
  runs: {
    runId: string | number; command: string; startedAt: string; finishedAt: string | null; state: string; read: number; ratings: number; support: number; quarantined: number;
    already: number; skipped: number; possibleHelp: number; balanced: boolean; message: string | null;
  }[];
}

export interface Quarantine {
  held: number;
  rows: {
    id: string; reason: string; meaning: string; detail: string | null; raw: string | null; rawLength: number; site: string | null; source: string; position: string | number;
    at: string | null; receivedAt: string | null; possibleHelp: boolean; state: string;
  }[];
}

export interface Replayed { runId: string | number; ratings: number; support: number; stillRefused: number }
export interface Audit { [list: string]: unknown }
