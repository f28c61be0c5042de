// Keeps the ticket's page current: asks for the same page again and puts its <main> in place of the old one.
// Without it the page reloads itself (meta refresh) and its button does.

const CALM = 10_000; // between two looks while waiting, in milliseconds
const NEAR = 4_000; // when it is about to be this visitor's turn
const MOST = 60_000; // while the connection is lost

let tag = null;
let timer = null;

const card = () => document.getElementById("ticket");
const pace = () => (card().dataset.state === "waiting" && !card().querySelector("[data-far]") ? NEAR : CALM);
const finished = () => ["done", "voided", "past"].includes(card().dataset.state);

let wait = pace();

async function look() {
  try {
    const answer = await fetch(location.href, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(8_000),
    });
    if (answer.status === 200 || answer.status === 404) {
      tag = answer.headers.get("ETag");
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } else if (answer.status !== 304) {
      throw new Error(String(answer.status));
    }
    wait = pace();
  } catch {
    document.getElementById("news").textContent = card().dataset.away;
    wait = Math.min(MOST, wait * 2);
  }
  plan();
}

function show(page) {
  const fresh = page.getElementById("ticket");
  if (!fresh) return;
  document.title = page.title;
  document.getElementById("news").replaceWith(page.getElementById("news"));
  if (fresh.outerHTML === card().outerHTML) return;
  const called = fresh.dataset.state === "called" && card().dataset.state !== "called";
  card().replaceWith(fresh);
  if (called) navigator.vibrate?.([300, 150, 300]);
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden && !finished()) timer = setTimeout(look, wait);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
plan();
