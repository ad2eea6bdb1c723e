import { describe, expect, test } from "vitest";
import { helpReply } from "../../src/commands/help.js";
import { OPTIONS } from "../../src/commands/options.js";
import { parseCommand } from "../../src/commands/parse.js";
import { VERBS } from "../../src/commands/verbs.js";
import { drawn } from "../support/drawn.js";
import { inProd } from "./clusters.js";

const VERSION = "7.8.9";

describe("help", () => {
  test("the help lists every verb with its usage", () => {
    const reply = helpReply(null, VERSION);
    for (const { name, takes, summary } of VERBS) {
      expect(drawn(reply)).toContain(`/mesos ${name} ${takes}`.trim());
      expect(drawn(reply)).toContain(summary);
    }
  });

  test("the help says which version answers", () => {
    expect(helpReply(null, VERSION).text).toContain("Version 7.8.9.");
  });

  test.each(VERBS.map((verb) => [verb.name, verb] as const))(
    "the help on %s shows usage, options and examples",
    (name, verb) => {
      const reply = helpReply(name.toUpperCase(), VERSION);
      expect(drawn(reply)).toContain(`/mesos ${name} ${verb.takes}`.trim());
      for (const option of OPTIONS)
        expect(drawn(reply)?.includes(`--${option.name} `) ?? false).toBe(verb.options.includes(option.name));
      for (const example of verb.examples) expect(drawn(reply)?.split("\n")).toContain(`/mesos ${example}`);
      expect(drawn(reply)?.includes("2026-12-01T22:00+08:00")).toBe(name === "drain");
      expect(drawn(reply)?.includes("durations")).toBe(
        ["drain", "extend", "kill-drain", "history"].includes(name),
      );
      expect(reply.next).toBeNull();
    },
  );

  test("the help on anything else says so, with the verb that may have been meant", () => {
    expect(helpReply("drian", VERSION)).toMatchObject({
      text: expect.stringMatching(/"drian"/),
      line: "/mesos help drain",
    });
    expect(helpReply("weather", VERSION)).toMatchObject({ text: 'There is no verb "weather".', line: null });
    expect(helpReply("pause", VERSION)).toMatchObject({ line: "/mesos help hold" });
    expect(helpReply("approve", VERSION)).toMatchObject({
      text: expect.stringMatching(/button in the thread/),
    });
  });

  test("the help words an unknown verb as the parser does", () => {
    for (const typed of ["drian", "frobnicate", "pause", "approve"]) {
      expect(parseCommand(typed, inProd)).toMatchObject({ reply: { text: helpReply(typed, VERSION).text } });
    }
  });
});
