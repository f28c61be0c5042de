// Keeps a page current: asks for the same page again and puts each part marked data-live in place of the old one.
// Asking so is no touch of the person: a session that is left alone ends. Without this the page shows what it did
// when it was loaded, and every form works.

// Between two looks, in milliseconds: data-calm on one of the parts, or three seconds.
const CALM = Number(document.querySelector("[data-calm]")?.dataset.calm) || 3_000;
const MOST = 30_000; // while the connection is lost

let tag = null;
let wait = CALM;
let timer = null;

// What was told once is not told again by a reload.
if (location.search) history.replaceState(null, "", location.pathname);

async function look() {
  try {
    const answer = await fetch(location.pathname, {
      headers: { "X-Live": "1", Accept: "text/html", ...(tag ? { "If-None-Match": tag } : {}) },
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.redirected) {
      location.reload(); // the session is over: the person must see that
      return;
    }
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } else if (answer.status !== 304) {
      throw new Error(String(answer.status));
    }
    wait = CALM;
    document.getElementById("away").hidden = true;
  } catch {
    document.getElementById("away").hidden = false;
    wait = Math.min(MOST, wait * 2);
  }
  plan();
}

function show(page) {
  document.title = page.title;
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh) {
      location.reload(); // another page altogether: the counter was closed elsewhere
      return;
    }
    if (fresh.outerHTML === old.outerHTML || choosing(old)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new Event("live"));
}

// A list that is open or chosen from is not taken from under a person's hand, nor is a form on its way.
const choosing = (part) =>
  part.querySelector("form[data-sent]") !== null ||
  [...part.querySelectorAll("select")].some((one) => one.value !== "" || one === document.activeElement);

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, wait);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
plan();
