import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { ALICE, BOB } from "../support/people.js";

describe("a decision that is meant again", () => {
  const engine = useEngine();

  test("hold, release, hold while the lane is busy is held, and each is answered (invariant 10)", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const told = engine().slack.told.length;
    // The clicks wait together for a look at the master that has begun.
    const gate = new Gate();
    cluster.master.fault("GET_TASKS", { kind: "hold", until: gate.opened });
    const looks = cluster.calls("GET_TASKS");
    const at = { v: 1, id: maintenance.id, rev: 1 } as const;
    await cluster.received("GET_TASKS", looks + 1);
    await cluster.click(BOB, { ...at, decision: { kind: "hold", reason: null } });
    await cluster.click(BOB, { ...at, decision: { kind: "release" } });
    await cluster.click(BOB, { ...at, decision: { kind: "hold", reason: null } });
    gate.open();
    const answers = () =>
      engine()
        .slack.told.slice(told)
        .filter(({ user }) => user === BOB)
        .map(({ text }) => (/is (held|released)/.exec(text)?.[1] ?? text) as string);
    await cluster.until("three answers", async () => answers().length >= 3);
    expect(answers().toSorted()).toEqual(["held", "held", "released"]);
    expect((await maintenance.record()).held?.by).toBe(BOB);
  });
});

describe("down with an override", () => {
  const engine = useEngine();

  test("down with an override lifts the rule and asks, in this order", async () => {
    const closed = [{ days: [], from: 0, to: 1440, timeZone: "UTC" }];
    const cluster = await engine().cluster({ policy: { calendar: closed } });
    const maintenance = await cluster.drain('web-01 2h --override "the disk is failing"');
    await maintenance.thread(/With \/mesos down m-\w+ it is asked for now, and needs an override/);
    await cluster.type(BOB, `down ${maintenance.id} --override "it cannot wait"`);
    await maintenance.question();
    const texts = maintenance.texts();
    const at = (words: RegExp) => texts.findIndex((text) => words.test(text));
    expect(at(/@bob overrides the rule `calendar`: it cannot wait/)).toBeGreaterThan(0);
    expect(at(/^Take 1 machine down\?/)).toBeGreaterThan(at(/it cannot wait/));
  });
});

describe("a drain that is refused after its response URL is used up", () => {
  const engine = useEngine();

  test("a refusal is told in a direct message where the bot is no member of the channel (invariant 10)", async () => {
    const cluster = await engine().cluster();
    const { webApi } = engine();
    await cluster.type(ALICE, "drain web-02 2h");
    await cluster.told(ALICE, /has begun/);
    webApi.always("response_url", { status: 404 });
    webApi.always("chat.postEphemeral", { error: "not_in_channel" });
    try {
      await cluster.type(ALICE, "drain nowhere-01 2h");
      await cluster.until("a direct message", async () =>
        webApi
          .callsOf("chat.postMessage")
          .find(({ channel, text }) => channel === ALICE && String(text).includes("nowhere-01")),
      );
    } finally {
      webApi.always("response_url", null);
      webApi.always("chat.postEphemeral", null);
    }
  });
});
