// A device on which static/js/clock.js lives a story in no time: the server's clock runs, the device's clock may be set
// and its counter may stand still, what is asked takes its way there and back. Everything a page can know comes from here.
// `live(story)` returns what was wrong: each time the clock was sure of a time that was off, and how it stood at the end.
(source) => {
  const START = Date.UTC(2026, 0, 1), TICK_MS = 500, OFF_MAX_MS = 1000, QUIET_MS = 16000;
  const body = source.replace(/^export /gm, "") + "\nreturn { serverNow, isClockSure, noticeJump, keepTime, learnServerTime };";
  // As many turns as promises need that follow one another.
  const settle = async () => { for (let turn = 0; turn < 12; turn++) await null; };

  class World {
    constructor(story) {
      Object.assign(this, { story, now: START, stalled: 0, hidden: false, wall: story.skew, due: [], asked: 0, faults: [], listeners: {} });
      const { transit, age, keeper, cached } = story;
      this.responseStart = transit + 5;
      this.rendered = new Date(START - age - (cached || keeper ? 0 : transit)).toISOString();
      this.isBelieved = !keeper;
    }

    // What the module sees; a page begins to load where its counter begins.
    globals() {
      const world = this, { story } = this, origin = START - this.responseStart + story.skew;
      const navigation = {
        type: story.type, transferSize: story.cached ? 0 : 9000, requestStart: 5, responseStart: this.responseStart,
      };
      const counted = () => world.now - START + world.responseStart - world.stalled;
      const listen = (name, call) => { (world.listeners[name] ??= []).push(call); };
      const document = {
        querySelector: () => (story.meta ? { content: world.rendered } : null),
        addEventListener: listen,
        get hidden() { return world.hidden; },
      };
      return {
        performance: { timeOrigin: origin, now: counted, getEntriesByType: () => (story.entry ? [navigation] : []) },
        document,
        window: { addEventListener: listen },
        Date: Object.assign(function () {}, { now: () => world.now + world.wall, parse: Date.parse }),
        AbortSignal: { timeout: (after) => after },
        fetch: (path, options) => world.fetch(options.signal),
        setTimeout: (call, after, ...given) => world.later(after ?? 0, () => call(...given)),
        clearTimeout: (timer) => { world.due = world.due.filter((one) => one !== timer); },
      };
    }

    later(after, call) {
      const timer = { at: this.now + after, call };
      this.due.push(timer);
      return timer;
    }

    fetch(patience) {
      const { up, down, answers } = this.story.ways[this.asked++ % this.story.ways.length];
      return new Promise((resolve, reject) => {
        let time;
        this.later(up, () => { time = new Date(this.now).toISOString(); }).always = true;
        this.later(Math.min(up + down, patience), () => {
          this.isBelieved = true;
          if (!answers || up + down > patience) return reject(new Error("away"));
          return resolve({ ok: true, text: async () => time });
        });
      });
    }

    // While the machine sleeps only the server goes on.
    async pass(length, sleeps = false) {
      const until = this.now + length;
      for (;;) {
        const [next] = this.due.filter((one) => one.at <= until && (!sleeps || one.always)).sort((a, b) => a.at - b.at);
        if (!next) break;
        this.due = this.due.filter((one) => one !== next);
        this.now = Math.max(this.now, next.at);
        next.call();
        await settle();
      }
      this.now = until;
    }

    tell(name) {
      for (const call of this.listeners[name] ?? []) call({ persisted: true });
    }

    tick(clock) {
      clock.noticeJump();
      const off = clock.serverNow() - this.now;
      if (this.isBelieved && clock.isClockSure() && Math.abs(off) > OFF_MAX_MS) this.faults.push([this.now - START, off]);
      this.later(TICK_MS, () => this.tick(clock));
    }
  }

  const steps = {
    pass: (world, length) => world.pass(length),
    sleep: async (world, length) => {
      await world.pass(length, true);
      world.stalled += length;
    },
    // Of some systems the counter goes on while they sleep.
    doze: (world, length) => world.pass(length, true),
    set: async (world, by) => { world.wall += by; },
    part: async (world, late, clock) => {
      const time = new Date(world.now).toISOString();
      await world.pass(late);
      clock.learnServerTime(time);
    },
    event: async (world, name) => world.tell(name),
    hide: async (world, hidden) => {
      world.hidden = hidden;
      world.tell("visibilitychange");
    },
  };

  window.live = async (story) => {
    const world = new World(story), globals = world.globals();
    const clock = new Function(...Object.keys(globals), body)(...Object.values(globals));
    clock.keepTime();
    world.tick(clock);
    for (const [kind, value] of story.steps) await steps[kind](world, value, clock);
    await steps.hide(world, false);
    world.story = { ...story, ways: [{ up: 40, down: 40, answers: true }] };
    await world.pass(QUIET_MS);
    const off = clock.serverNow() - world.now;
    return { faults: world.faults, sure: clock.isClockSure(), off };
  };
}
