import { describe, expect, it, test } from "vitest";
import { helpReply } from "../../src/commands/index.js";
import { OPTIONS } from "../../src/commands/options.js";
import { VERBS } from "../../src/commands/verbs.js";

describe("help", () => {
  it("lists every verb with its usage", () => {
    const reply = helpReply(null);
    for (const { name, takes, summary } of VERBS) {
      expect(reply.table).toContain(`/mesos ${name} ${takes}`.trim());
      expect(reply.table).toContain(summary);
    }
  });

  test.each(VERBS.map((verb) => [verb.name, verb] as const))(
    "on %s shows usage, options and examples",
    (name, verb) => {
      const reply = helpReply(name.toUpperCase());
      expect(reply.table).toContain(`/mesos ${name} ${verb.takes}`.trim());
      for (const option of OPTIONS)
        expect(reply.table?.includes(`--${option.name} `) ?? false).toBe(verb.options.includes(option.name));
      for (const example of verb.examples) expect(reply.next).toContain(`/mesos ${example}`);
    },
  );

  it("on anything else says so, with the verb that may have been meant", () => {
    expect(helpReply("drian")).toMatchObject({
      text: expect.stringMatching(/"drian"/),
      line: "/mesos help drain",
    });
    expect(helpReply("weather")).toMatchObject({ line: null });
  });
});
