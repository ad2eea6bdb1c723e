import { describe, expect, test } from "vitest";
import { indexOf, namesOf, resolve } from "../cluster.js";

/** What a group stands for: machines of the master, hosts that it does not know, and what is said of these. */
function group(name: string, agents: readonly string[], inventory: string) {
  const { machines, unknown, doubts = [] } = resolve(name, indexOf(agents, inventory));
  return { machines: namesOf(machines), unknown: unknown.join(" "), doubts };
}

describe("a short name stands for the only host that has it", () => {
  const TWO_SITES =
    "[dc1]\nagent01.dc1.example.com\n[dc2]\nagent01.dc2.example.com\nagent02.dc2.example.com\n";

  test("of two sites with one short name neither has the master's machine", () => {
    for (const name of ["dc1", "dc2"]) {
      expect(group(name, ["agent01 10.1.0.1"], TWO_SITES)).toMatchObject({
        machines: "",
        doubts: [
          "agent01 at the master may be agent01.dc1.example.com or agent01.dc2.example.com of the inventory, so no short name is taken for it.",
        ],
      });
    }
  });

  test("a host that the file has alone is found", () => {
    expect(group("dc2", ["agent02 10.2.0.2"], TWO_SITES)).toEqual({
      machines: "agent02",
      unknown: "agent01.dc2.example.com",
      doubts: [],
    });
  });

  test.each([
    [
      "ansible_host=10.2.0.1",
      "",
      /agent01\.dc2 has another address in the inventory than agent01 at the master/,
    ],
    ["ansible_host=gw.dc2", "", /has another address/],
    ["ansible_host=10.1.0.1", "agent01", null],
    ["ansible_host=agent01.internal", "agent01", null],
    ["ansible_host='{{ address }}'", "agent01", null],
  ])("with %s it stands for %j", (variables, machines, doubt) => {
    const found = group("dc2", ["agent01 10.1.0.1"], `[dc2]\nagent01.dc2 ${variables}\n`);
    expect(found.machines).toBe(machines);
    expect(found.doubts).toEqual(doubt === null ? [] : [expect.stringMatching(doubt)]);
  });

  test("the long name at the master and the short one in the inventory are one host by the same rules", () => {
    const long = ["agent01.dc1.example.com 10.1.0.1"];
    expect(group("x", long, "[x]\nagent01\n").machines).toBe("agent01.dc1.example.com");
    expect(group("x", long, "[x]\nagent01 ansible_host=10.2.0.1\n").machines).toBe("");
    expect(group("x", long, "[x]\nagent01\n[y]\nagent01.dc1.example.com\n")).toMatchObject({
      machines: "",
      unknown: "agent01",
    });
  });

  test("a machine whose address another host of the inventory has is not given away by its short name", () => {
    const inventory = "[x]\nagent01.dc2\n[y]\nvm ansible_host=10.1.0.1\n";
    expect(group("x", ["agent01 10.1.0.1"], inventory).machines).toBe("");
  });
});

describe("an address stands for the only host that has it", () => {
  const agents = ["gateway 10.0.0.1", "other 10.0.0.2"];

  test("hosts behind one address are not the gateway", () => {
    const inventory = "[vms]\nvm1 ansible_host=10.0.0.1\nvm2 ansible_host=10.0.0.1\n";
    expect(group("vms", agents, inventory)).toEqual({
      machines: "",
      unknown: "vm1 vm2",
      doubts: ["One address in the inventory leads to vm1, vm2, so it stands for none of them."],
    });
  });

  test.each([
    ["the gateway is a host of the inventory by name", "[vms]\nvm1 ansible_host=10.0.0.1\n[all]\ngateway\n"],
    [
      "one has its name and the other its address",
      "[vms]\nvm1 ansible_host=gateway\n[all]\nvm2 ansible_host=10.0.0.1\n",
    ],
    ["it is written in another case", "[vms]\nvm1 ansible_host=GATEWAY\n[all]\nvm2 ansible_host=gateway\n"],
    [
      "one that is found by name has it",
      "[vms]\nvm1 ansible_host=10.0.0.1\n[all]\nother ansible_host=10.0.0.1\n",
    ],
    ["the address is the name of a host", "[vms]\nvm1 ansible_host=10.0.0.1\n[all]\n10.0.0.1\n"],
    ["there is a port", "[vms]\nvm1 ansible_host=10.0.0.1 ansible_port=2201\n"],
    ["there is an older port", "[vms]\nvm1 ansible_ssh_host=10.0.0.1 ansible_ssh_port=2201\n"],
    ["there is a port behind the name", "[vms]\nvm1:2201 ansible_host=10.0.0.1\n"],
    ["the port is a template", "[vms]\nvm1 ansible_host=10.0.0.1 ansible_port='{{ forwarded }}'\n"],
    ["the port stands in another line", "[vms]\nvm1 ansible_host=10.0.0.1\n[all]\nvm1 ansible_port=2201\n"],
    ["an address as a name has a port", "[vms]\n10.0.0.1:2201\n"],
  ])("it stands for nobody where %s", (_, inventory) => {
    const found = group("vms", agents, inventory);
    expect(found.machines).toBe("");
    expect(found.doubts).toHaveLength(1);
  });

  test("the port of SSH is no port of one's own, in INI and in YAML", () => {
    for (const port of ["ansible_port=22", "ansible_ssh_port='22'"])
      expect(group("vms", agents, `[vms]\nvm1 ansible_host=10.0.0.1 ${port}\n`).machines).toBe("gateway");
    const yaml = (port: string) =>
      indexOf(agents, `vms: { hosts: { vm1: { ansible_host: 10.0.0.1, ansible_port: ${port} } } }`, "h.yml");
    expect(namesOf(resolve("vms", yaml("22")).machines)).toBe("gateway");
    expect(namesOf(resolve("vms", yaml("2222")).machines)).toBe("");
  });

  test("a host with a name of the master's is that, whatever its port", () => {
    expect(group("x", agents, "[x]\nother:2222\n").machines).toBe("other");
  });

  test("an address of several machines is none of them", () => {
    const twins = ["a 10.0.0.1", "b 10.0.0.1"];
    expect(group("x", twins, "[x]\nvm ansible_host=10.0.0.1\n").machines).toBe("");
  });
});
