// A pairing code's remaining time, and the kiosks' page that renews its list. Both pages are whole without this.
const countdown = document.getElementById("countdown");
if (countdown) {
  const ends = performance.now() + Number(countdown.dataset.seconds) * 1000;
  const left = countdown.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds) return;
    countdown.textContent = countdown.dataset.over;
    countdown.closest(".card").classList.add("over");
    clearInterval(timer);
  };
  const timer = setInterval(tick, 500);
  tick();
}

const every = Number(document.body.dataset.renew || 0);
if (every) {
  const away = document.getElementById("away");
  const renew = async () => {
    const live = document.getElementById("live");
    if (document.hidden || live.contains(document.activeElement)) return; // nobody's finger is taken off a button
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1", Accept: "text/html" } });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (fresh && fresh.innerHTML !== live.innerHTML) live.replaceWith(document.adoptNode(fresh));
      away.hidden = true;
    } catch {
      away.hidden = false;
    }
  };
  setInterval(renew, every * 1000);
}
