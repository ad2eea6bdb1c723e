import { describe, expect, test } from "vitest";
import { filesOf, whyNotNamed } from "../../src/runbooks/files.js";
import type { RunInput } from "../../src/runbooks/run-input.js";
import { inputOf, machinesOf } from "./support/run.js";

const whyNot = (machines: RunInput["machines"]) => whyNotNamed(inputOf({ machines }));

describe("the machines of a run", () => {
  test.each(["web-01", "web-01.example.com", "WEB_1", "10.0.0.1", "a"])(
    "the host name %s can be named",
    (name) => {
      expect(whyNot(machinesOf(name))).toBeNull();
    },
  );

  test.each([
    "",
    "-i",
    ".hidden",
    "web 1",
    "web[1:3]",
    "web:22",
    "web,db",
    "*",
    "!web",
    "&web",
    "~web",
    "web#1",
    "web;reboot",
    "web=1",
    "{{web}}",
    '"web"',
    "wéb",
    "web\n[all:vars]\nx=1",
    "all",
    "Ungrouped",
    "maintenance",
    `${"a".repeat(300)}`,
  ])("the host name %j cannot, and stands in the inventory only as a comment", (hostname) => {
    const machines = [...machinesOf("a"), { hostname, ip: "10.0.0.2", agents: [] }];
    const files = filesOf(inputOf({ machines }));
    expect(whyNot(machines)).toContain("cannot be named safely in an inventory");
    expect(files.limit).toBe("a\n");
    expect(files.inventory).toMatch(
      /^\[maintenance\]\na ansible_host=10\.0\.0\.1\n# cannot be named safely: "[^\n]*" "10\.0\.0\.2"\n$/,
    );
  });

  test.each(["", "10.0.0", "web", "10.0.0.1 x=1", "fe80::1%eth0", "10.0.0.1\nx"])(
    "the address %j cannot",
    (ip) => {
      expect(whyNot([{ hostname: "a", ip, agents: [] }])).toContain("cannot be named safely");
    },
  );

  test("an address of IPv6 can be named", () => {
    const machines = [{ hostname: "a", ip: "fd00::1", agents: [] }];
    expect(whyNot(machines)).toBeNull();
    expect(filesOf(inputOf({ machines })).inventory).toBe("[maintenance]\na ansible_host=fd00::1\n");
  });

  test("two machines of one name cannot be told apart", () => {
    expect(whyNot(machinesOf("web-01", "WEB-01"))).toBe(
      "Two machines are called WEB-01: an inventory cannot tell them apart.",
    );
  });

  test("without machines there is nothing to run on", () => {
    expect(whyNot([])).toBe("There are no machines to run it on.");
  });
});
