// The form works without this script, which shows errors without leaving the page.
import { base } from "./base/place";
import { apply } from "./shell/theme";

apply();

const find = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const form = find<HTMLFormElement>("#login");
const problem = find("#problem");
const button = find<HTMLButtonElement>("#login button");
const field = (name: string): HTMLInputElement => find<HTMLInputElement>(`#login [name=${name}]`);

const query = new URLSearchParams(location.search);
const words = new Map([
  ["refused", "The name or the password is wrong."],
  ["code", "Enter the code that your device shows, too."],
  ["wrong-code", "The code is wrong, or was used already."],
  ["later", "Too many attempts. Wait a minute."],
  [
    "provider",
    "Your organisation's sign-in does not work at the moment. Try again, or tell the person who runs this dashboard.",
  ],
  [
    "once",
    "This address has been used or is out of date. Start museum serve again, or ask for a name to sign in with.",
  ],
  ["no-museum", "Your organisation knows you, but named no museum you may see. Ask for the codes of yours."],
  ["no-role", "Your organisation knows you, but gave you no role here. Ask for one: viewer, security or operator."],
]);
const say = (what: string | null): void => {
  problem.textContent = words.get(what ?? "") ?? "";
};
const silent = "The server does not answer. Try again in a moment.";

/** Only a page of ours: a link must not redirect anybody elsewhere after the login. */
function next(): string {
  const first = `${base}/`;
  const wanted = query.get("next") ?? query.get("ReturnUrl") ?? first;
  const url = new URL(wanted, location.origin);
  return wanted.startsWith("/") && url.origin === location.origin && url.pathname.startsWith(first)
    ? url.pathname + url.search
    : first;
}

async function enter(event: Event): Promise<void> {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = "";
  try {
    const body = JSON.stringify({
      name: field("name").value,
      password: field("password").value,
      code: field("code").value || null,
    });
    const response = await fetch(`${base}/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Museum": "1" },
      body,
    });
    if (response.ok) return location.assign(next());
    if (response.status === 429) say("later");
    else if (response.status === 401 && (await response.json()).code) return askForCode();
    else if (response.status === 401) say("refused");
    else problem.textContent = `The server answered ${response.status}.`;
    field("password").value = "";
    field("password").focus();
  } catch {
    problem.textContent = silent;
  } finally {
    button.disabled = false;
  }
}

/** The password fits and stays; only who knows it is asked. */
function askForCode(): void {
  say(field("code").value ? "wrong-code" : "code");
  find("#code-field").hidden = false;
  field("code").value = "";
  field("code").focus();
}

async function ways(): Promise<void> {
  const response = await fetch(`${base}/login/ways`);
  if (!response.ok) return;
  const { password, oidc } = (await response.json()) as { password: boolean; oidc: boolean };
  if (!password && !oidc) {
    form.hidden = true;
    problem.textContent ||=
      "Nobody has a name here yet. Open the address that museum serve printed when it started, or have it give you a name: museum users add.";
    return;
  }
  find("#ways").hidden = !oidc;
  form.hidden = oidc && !password;
  if (form.hidden) find("#ways a").focus();
  find<HTMLAnchorElement>("#ways a").href = `${base}/login/oidc?next=${encodeURIComponent(next())}`;
}

field("next").value = next();
find("#code-field").hidden = !["code", "wrong-code"].includes(query.get("problem") ?? "");
say(query.get("problem"));
form.addEventListener("submit", event => void enter(event));
field("name").focus();
void ways().catch(() => undefined);
