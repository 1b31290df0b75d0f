// What people change about their own login: the password and the second factor.
import { base, login } from "./base/place";
import { safe } from "./base/text";
import { apply } from "./shell/theme";

apply();

interface Account {
  name: string | null;
  role: string;
  password: boolean;
  secondFactor: boolean;
}

interface Enrolment {
  ticket: string;
  secret: string;
  picture: string;
}

const find = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const field = (form: string, name: string): HTMLInputElement => find<HTMLInputElement>(`#${form} [name=${name}]`);

let account: Account;
let ticket = "";

async function send<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(
    `${base}/account/${path}`,
    body === undefined
      ? { cache: "no-store" }
      : {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-Museum": "1" },
          body: JSON.stringify(body),
        },
  );
  if (response.status === 401) location.assign(login());
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? `The server answered ${response.status}.`);
  return answer as T;
}

async function show(): Promise<void> {
  account = await send<Account>("me");
  find("#who").textContent = account.name
    ? `${safe(account.name)}, ${account.role}`
    : "Nobody logs in here yet: a name comes with museum users add.";
  find("#password").hidden = find("#factor").hidden = !account.password;
  find("#confirm").hidden = true;
  find("#factor-hint").textContent = account.secondFactor
    ? "On: signing in asks for a code of your device."
    : "Off. With it, a password that somebody else knows is not enough to sign in.";
  find("#factor-button").textContent = account.secondFactor ? "Turn off" : "Set up";
  if (account.name && !account.password)
    find("#done").textContent = "Your organisation looks after your password and second factor.";
}

/** Does it, and says what became of it. */
function on(form: string, work: () => Promise<string>): void {
  find<HTMLFormElement>(`#${form}`).addEventListener("submit", event => {
    event.preventDefault();
    find("#problem").textContent = find("#done").textContent = "";
    const button = find<HTMLButtonElement>(`#${form} button`);
    button.disabled = true;
    work()
      .then(done => (find("#done").textContent = done))
      .catch(e => (find("#problem").textContent = e instanceof TypeError ? "The server does not answer." : e.message))
      .finally(() => {
        button.disabled = false;
        document.querySelectorAll<HTMLInputElement>(`#${form} input`).forEach(input => (input.value = ""));
      });
  });
}

on("password", async () => {
  await send("password", { current: field("password", "current").value, password: field("password", "next").value });
  return "Your password is changed.";
});

on("factor", async () => {
  const current = field("factor", "current").value;
  if (account.secondFactor) {
    await send("second-factor/remove", { current });
    await show();
    return "The second factor is off.";
  }
  const begun = await send<Enrolment>("second-factor", { current });
  ticket = begun.ticket;
  find<HTMLImageElement>("#picture").src = begun.picture;
  find("#secret").textContent = begun.secret;
  find("#factor").hidden = true;
  find("#confirm").hidden = false;
  field("confirm", "code").focus();
  return "";
});

on("confirm", async () => {
  await send("second-factor/confirm", { ticket, code: field("confirm", "code").value });
  await show();
  return "The second factor is on.";
});

void show().catch(e => (find("#problem").textContent = e instanceof Error ? e.message : String(e)));
