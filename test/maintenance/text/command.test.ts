import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandNameOf, named } from "../../../src/maintenance/text/command.js";
import { quoted } from "../../../src/maintenance/text/quote.js";

/** What people may write: the command as well, also as a part of something else. */
const written = fc
  .array(
    fc.oneof(fc.constantFrom("/mesos", "/mesos up", "/maint", "zk://a/mesos", " ", "(", "`"), fc.string()),
  )
  .map((parts) => parts.join(""));

const name = fc.constantFrom("/maint", "/mesos", "/mesos-prod", "/m", "/mesos_2");

describe("the name of the command", () => {
  test.each([
    ["See /mesos status.", "See /maint status."],
    ["/mesos cancel m-1, or (`/mesos up m-1`)", "/maint cancel m-1, or (`/maint up m-1`)"],
    ["Read /etc/mesos, zk://a/mesos and /mesos-agent.", "Read /etc/mesos, zk://a/mesos and /mesos-agent."],
  ])("it stands for our word in %s", (sentence, shown) => {
    expect(named(sentence, "/maint")).toBe(shown);
  });

  test("property: what people wrote survives in our sentences, whatever the command is called", () => {
    fc.assert(
      fc.property(written, written, name, (reason, hosts, command) => {
        const sentence = `/mesos up ${quoted(hosts)} for ${quoted(quoted(reason))}; /mesos status.`;
        const brackets = (text: string) => text.replaceAll("‹", "<").replaceAll("\u2060", "");
        expect(brackets(named(sentence, command))).toBe(
          brackets(`${command} up ${hosts} for ${reason}; ${command} status.`),
        );
      }),
    );
  });

  test.each([
    ["/maint", "/maint"],
    ["/mesos-prod_2", "/mesos-prod_2"],
    ["/Maint", "/mesos"],
    ["maint", "/mesos"],
    ["/<!channel>", "/mesos"],
    [`/${"a".repeat(33)}`, "/mesos"],
    ["", "/mesos"],
  ])("%j is taken for %s", (typed, taken) => {
    expect(commandNameOf(typed)).toBe(taken);
  });
});
