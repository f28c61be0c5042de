// Keeps the board current: shows what the stream says, and lets one call at a time be large and heard.
// Without it the page shows what the server wrote into it and reloads itself.

const body = document.body;
const language = document.documentElement.lang;
const zone = body.dataset.timezone;
const { Announcer } = await import(body.dataset.sound);

const LATE = 120_000; // a call that is older is shown and not said any more
const QUIET = 25_000; // the stream says something every ten seconds
const PATIENCE = 2_000; // before a lost connection is told
const LINE = 9_000;
const PART = 7_000;
const PLACES = 6;
const BEFORE = 3;
const REMEMBERED = 500;

const find = (id) => document.getElementById(id);
const make = (name, ...inside) => {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
};

let state = JSON.parse(body.dataset.state);
let ahead = state.now - Date.now(); // the server's clock minus this machine's
const seen = new Set(state.ids);
let last = Math.max(0, ...state.ids);

// What is shown

const voices = body.dataset.voices.split(",").filter(Boolean);
const announcer = new Announcer({
  chime: body.dataset.chime,
  spoken: (call) => (state.voice ? voices.map((voice) => `/papan/suara/${call.id}.${voice}.wav`) : []),
  changed: () => show(),
  blocked: (yes) => (find("sound").hidden = !yes),
});
find("sound").addEventListener("click", () => announcer.unlock());

function show() {
  const call = announcer.current ?? state.recent[0];
  find("newest").hidden = !call;
  find("none").hidden = Boolean(call);
  find("newest").toggleAttribute("data-speaking", Boolean(announcer.current));
  if (call) {
    for (const name of ["number", "counter", "where"]) {
      const place = find("newest").querySelector(`.${name}`);
      if (place.textContent !== call[name]) place.textContent = call[name];
      fit(place);
    }
  }
  const before = state.recent.filter((one) => one.number !== call?.number).slice(0, BEFORE);
  find("before").replaceChildren(
    ...before.map((one) => make("li", make("strong", one.number), make("span", one.counter))),
  );
  find("before-none").hidden = before.length > 0;
  showPlaces();
}

let part = 0;
function showPlaces() {
  const parts = Math.max(1, Math.ceil(state.places.length / PLACES));
  part %= parts;
  const shown = state.places.slice(part * PLACES, (part + 1) * PLACES);
  find("serving").replaceChildren(
    ...shown.map((one) => make("li", make("span", one.counter), make("strong", one.number))),
  );
  for (const one of find("serving").querySelectorAll("li")) fit(one.lastChild, one);
  find("serving-none").hidden = state.places.length > 0;
  find("part").textContent = parts > 1 ? `${part + 1}/${parts}` : "";
}

// A long text gets smaller until its box holds it.
function fit(text, box = text) {
  text.style.fontSize = "";
  const full = parseFloat(getComputedStyle(text).fontSize);
  for (let size = full; box.scrollWidth > box.clientWidth + 1 && size > full / 4; size *= 0.95) {
    text.style.fontSize = `${size}px`;
  }
}

// Lines at the foot: one at a time; one that is too long comes in pieces.
let pieces = [];
function nextLine() {
  const line = find("line");
  if (!pieces.length) {
    const style = getComputedStyle(line);
    const room = line.clientWidth - parseFloat(style.paddingLeft) * 2;
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pieces = state.lines.flatMap((text) => broken(text, (words) => pen.measureText(words).width <= room));
  }
  line.textContent = pieces.shift() ?? "";
}

function broken(text, fits) {
  const found = [];
  for (const word of text.split(" ")) {
    const longer = found.length ? `${found.at(-1)} ${word}` : word;
    if (found.length && fits(`${longer} …`)) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found.map((piece, place) => (place < found.length - 1 ? `${piece} …` : piece));
}

const clock = new Intl.DateTimeFormat(language === "id" ? "id-ID" : "en-GB", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
});
const date = new Intl.DateTimeFormat(language === "id" ? "id-ID" : "en-GB", {
  weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: zone,
});
function tell(place, text) {
  if (find(place).textContent !== text) find(place).textContent = text;
}

// The stream

let source = null;
let heard = performance.now();
let lost = null;
let again = null;
let wait = 1_000;

function connect() {
  source?.close();
  clearTimeout(again);
  heard = performance.now();
  source = new EventSource(`${body.dataset.events}&after=${last}`);
  const on = (name, act) =>
    source.addEventListener(name, (event) => {
      heard = performance.now();
      wait = 1_000;
      act(JSON.parse(event.data), Number(event.lastEventId));
    });
  on("tick", (tick) => (ahead = tick.now - Date.now()));
  on("call", called);
  on("state", renew);
  on("lost", () => (lost ??= performance.now() - PATIENCE));
  source.onerror = () => {
    lost ??= performance.now();
    if (source.readyState === EventSource.CLOSED) later(); // refused: the browser does not come back by itself
  };
}

function later() {
  clearTimeout(again);
  again = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(15_000, wait * 2);
}

function called(call) {
  last = Math.max(last, call.id);
  if (seen.has(call.id)) return;
  seen.add(call.id);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  if (call.at > Date.now() + ahead - LATE) announcer.add(call);
}

function renew(fresh) {
  if (fresh.day !== state.day) announcer.forget();
  if (fresh.lines.join() !== state.lines.join()) pieces = [];
  const old = fresh.build !== state.build;
  state = { ...fresh, build: state.build };
  lost = null;
  find("lost").hidden = true;
  show();
  if (old && !announcer.current && comesAnew()) location.reload();
}

// A new version of this page is loaded, and once a minute at most: whatever is wrong, the board does not flicker.
function comesAnew() {
  const before = Number(sessionStorage.getItem("loaded") ?? 0);
  if (Date.now() - before < 60_000) return false;
  sessionStorage.setItem("loaded", String(Date.now()));
  return true;
}

setInterval(() => {
  const now = new Date(Date.now() + ahead);
  tell("clock", clock.format(now));
  tell("date", date.format(now));
  const silent = performance.now() - heard;
  if (silent > QUIET) {
    lost ??= performance.now();
    connect();
  }
  find("lost").hidden = lost === null || performance.now() - lost < PATIENCE;
}, 1_000);
setInterval(nextLine, LINE);
setInterval(() => {
  part += 1;
  showPlaces();
}, PART);
addEventListener("resize", show);

connect();
show();
nextLine();
