// Where the dashboard is on its host. A proxy may serve it under a path: what this file is part of lies directly in it.

/** The path before every address of ours; empty, or with a slash before it and none behind. */
export const base = new URL(".", import.meta.url).pathname.replace(/\/$/, "");

/** The login, and after it the page that is open now. */
export const login = (): string => `${base}/login?next=${encodeURIComponent(location.pathname + location.search)}`;
