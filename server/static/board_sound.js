// One call at a time: it is shown large and heard, chime first and then what is said, twice. The next one waits.

const SILENT = 5_000; // how long a call stays alone in the large place where there is no sound, in milliseconds
const BETWEEN = 700; // before it is said again
const LONGEST = 20_000; // an element that neither ends nor fails
const MANY = 4; // so many waiting: each is said once
const MOST = 30; // so many waiting: the oldest is only shown

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Announcer {
  // chime: address, or "" where the board is silent; spoken(call): addresses of what is said; changed(): show anew;
  // blocked(yes): the browser wants a touch first.
  constructor({ chime, spoken, changed, blocked }) {
    Object.assign(this, { chime, spoken, changed, blocked });
    this.waiting = [];
    this.current = null;
    if (chime) this.#ask();
  }

  add(call) {
    this.waiting.push(call);
    if (this.waiting.length > MOST) this.waiting.shift();
    if (!this.current) this.#run();
  }

  // After midnight, or where the board was away for long, nobody waits for these any more.
  forget() {
    this.waiting.length = 0;
  }

  // By a touch: from now on this page may sound.
  async unlock() {
    this.blocked(false);
    await this.#play(new Audio(this.chime));
  }

  async #run() {
    while (this.waiting.length) {
      this.current = this.waiting.shift();
      this.changed();
      const shown = pause(SILENT);
      const heard = this.chime && (await this.#say(this.current));
      if (!heard) await shown;
      this.current = null;
    }
    this.changed();
  }

  async #say(call) {
    const words = this.spoken(call).map((address) => new Audio(address)); // fetched while the chime sounds
    for (const one of words) one.preload = "auto";
    if (!(await this.#play(new Audio(this.chime)))) return false;
    for (let turn = this.waiting.length >= MANY ? 1 : 0; turn < 2; turn++) {
      for (const one of words) {
        one.currentTime = 0;
        await this.#play(one);
      }
      await pause(BETWEEN);
    }
    return words.length > 0;
  }

  // Resolves when it has ended, or cannot be heard (false).
  async #play(audio) {
    const ended = new Promise((done) => {
      audio.addEventListener("ended", () => done(true), { once: true });
      audio.addEventListener("error", () => done(false), { once: true });
    });
    try {
      await Promise.race([audio.play(), pause(LONGEST)]);
    } catch (fault) {
      if (fault.name === "NotAllowedError") this.blocked(true);
      return false;
    }
    const heard = await Promise.race([ended, pause(LONGEST)]);
    audio.pause();
    return Boolean(heard);
  }

  // Whether the browser lets a page sound that nobody has touched.
  async #ask() {
    try {
      const probe = new AudioContext();
      for (let left = 20; left && probe.state !== "running"; left--) await pause(100);
      this.blocked(probe.state !== "running");
      await probe.close();
    } catch {
      this.blocked(true);
    }
  }
}
