import { afterAll, beforeAll, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { LocalView } from "../../src/rehearsal/local-slack/page.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";
import { until } from "../support/until.js";

/** Everything that a view says, buttons included. */
const words = (view: LocalView | null) => JSON.stringify(view?.blocks ?? []);

/** The modal on top once it says this. */
const modal = ({ slack }: Installation, said: RegExp) =>
  until(`a modal with ${said}`, async () => {
    const top = await slack.modal();
    return top !== null && said.test(words(top)) ? top : null;
  });

/** Somebody's Home once it says this. */
const home = ({ slack }: Installation, user: string, said: RegExp) =>
  until(`${said} in the Home of ${user}`, async () => {
    const view = await slack.home(user);
    return view !== null && said.test(words(view)) ? words(view) : null;
  });

for (const mode of ["socket", "http"] as const) {
  suiteFor(
    `the form and the Home in ${mode} mode`,
    localSlackAvailable(),
  )(() => {
    let bot: Installation;
    beforeAll(async () => {
      bot = await install({ store: "embedded", mode, cluster: { ask_after: "0s" } });
      await bot.start();
    });
    afterAll(() => bot.dispose());

    test("a maintenance is asked for from the form, approved, and seen and cancelled in the Home", async () => {
      const { slack } = bot;
      await bot.type(ALICE, "");
      await expect(slack.submitModal({ user: ALICE, answer: { Machines: "web-[" } })).rejects.toThrow(
        /web-\[/,
      );
      const filled = { Machines: "web-0[1-2]", Duration: "1 h", Reason: "new kernel" };
      expect(await slack.submitModal({ user: ALICE, answer: filled })).toBe("Drain machines");
      const line = 'drain web-0[1-2] 1h --reason \\"new kernel\\" --cluster test';
      const preview = words(await modal(bot, /2 machines/));
      expect(preview).toContain(line);
      expect(preview).toContain("api");
      expect(await slack.submitModal({ user: ALICE })).toBe("What would go away");
      expect(await slack.modal()).toBeNull();
      const queued = await bot.told(ALICE, /is queued|has begun/);
      expect(queued.text).toContain('/mesos drain web-0[1-2] 1h --reason "new kernel" --cluster test');
      const id = /m-[a-z0-9]{4,8}/.exec(queued.text)?.[0] ?? "";
      await bot.question();

      await slack.openHome(BOB);
      const asked = await home(bot, BOB, /Open the question/);
      expect(asked).toContain(id);
      expect(asked).toContain("/archives/C01OPS/");
      await slack.openHome(ALICE);
      expect(await home(bot, ALICE, /Open: 1 maintenance/)).toContain("What you may approve stands here");

      await slack.clickHome({ user: BOB, action: "cancel" });
      const said = new RegExp(`✅ ${id}: the machines are being given back`);
      await until("the answer to Bob", async () =>
        (await slack.directMessages(BOB)).find(({ text }) => said.test(text)),
      );
      await home(bot, BOB, said);
    });

    test("the Home opens the form", async () => {
      const { slack } = bot;
      await slack.openHome(ALICE);
      await home(bot, ALICE, /New maintenance/);
      await slack.clickHome({ user: ALICE, action: "open" });
      await slack.submitModal({ user: ALICE, answer: { Machines: "web-05" } });
      await modal(bot, /web-05/);
      await slack.submitModal({ user: ALICE });
      await until("the answer to Alice", async () =>
        (await slack.directMessages(ALICE)).find(({ text }) => text.includes("drain of web-05")),
      );
      await bot.root(/web-05/);
    });
  });
}
