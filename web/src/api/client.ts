// Requests to the server, and their possible outcomes.

import { base, login } from "../base/place";

export const root = `${base}/api/v1`;

/** The server refused, and says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
  ) {
    super(detail || title);
  }
}

/** No answer. */
export class Unreachable extends Error {}

/** Within this time the user learns the outcome of an action, or that it is unknown. */
const actWithin = 5_000;

export const address = (path: string, query = ""): string => `${root}${path}${query ? `?${query}` : ""}`;

/** An export is complete, however long it takes. */
export const csv = (path: string, query = "", table = ""): string =>
  address(
    path,
    [query.replace("wait=false", "wait=true"), "format=csv", table && `table=${table}`].filter(Boolean).join("&"),
  );

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const response = await heard(
    fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "error", ...init }),
  );
  if (response.status === 401) {
    location.assign(login());
    throw new Refusal(401, "Signed out", "Your session has ended. Sign in again.");
  }
  if (!response.ok) throw await refusal(response);
  // An answer of which the end never comes is none.
  return response.status === 204 ? (undefined as T) : heard(response.json() as Promise<T>);
}

async function heard<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    if (e instanceof DOMException && e.name === "TimeoutError")
      throw new Unreachable("The server has not answered within a few seconds.");
    throw new Unreachable("The server does not answer.");
  }
}

async function refusal(response: Response): Promise<Refusal> {
  let problem: { title?: string; detail?: string } = {};
  try {
    problem = await response.json();
  } catch {
    // Some errors have no body.
  }
  return new Refusal(
    response.status,
    problem.title ?? response.statusText,
    problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
  );
}

export const get = <T>(path: string, query = "", signal?: AbortSignal): Promise<T> =>
  send<T>(address(path, query), signal ? { signal } : {});

/** @param within How long the answer may take, in milliseconds. */
export const read = <T>(url: string, within: number): Promise<T> =>
  send<T>(url, { signal: AbortSignal.timeout(within) });

/** @param within How long the answer may take, in milliseconds. */
export const post = <T>(path: string, body: unknown, within = actWithin): Promise<T> =>
  change<T>(address(path), body, within);

/** Every change proves that it comes from this page, not from a form on another site. */
export const change = <T>(url: string, body: unknown, within = actWithin): Promise<T> =>
  send<T>(url, {
    method: "POST",
    signal: AbortSignal.timeout(within),
    headers: { "Content-Type": "application/json", "X-Museum": "1" },
    body: JSON.stringify(body),
  });
