import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "../../src/hosts/pattern.js";
import { machineKey } from "../../src/maintenance/cluster/machine.js";
import { runs } from "../support/fast-check.js";
import { agent, indexOf, namesOf, resolve } from "./cluster.js";

const AGENTS = [
  "web-10 10.0.0.10 rack=r2 zone=b region=eu",
  "web-2 10.0.0.2 rack=r1 os=debian zone=a region=eu",
  "web-1 10.0.0.1 rack=r1 os=Debian zone=a region=eu",
  "db-a 10.0.1.1 rack=r1 cores=16 zone=a region=eu",
  "db-b 10.0.1.2 rack=r2 zone=b region=us",
  "db-c 10.0.1.3 rack=r3",
];

const cluster = indexOf(AGENTS);

describe("over a master's agents alone", () => {
  test.each([
    // Globs, in natural order of the names.
    ["web-*", "web-1 web-2 web-10"],
    ["WEB-?", "web-1 web-2"],
    ["db-[ab]", "db-a db-b"],
    ["db-[!ab]", "db-c"],
    ["db-[a-b]", "db-a db-b"],
    ["*", "db-a db-b db-c web-1 web-2 web-10"],
    ["all", "db-a db-b db-c web-1 web-2 web-10"],
    ["ungrouped", "db-a db-b db-c web-1 web-2 web-10"],
    // Regular expressions match at the beginning, as Python's re.match.
    ["~web-\\d{1,2}$", "web-1 web-2 web-10"],
    ["~.*-(a|10)$", "db-a web-10"],
    ["~WEB", "web-1 web-2 web-10"],
    ["~eb", ""],
    // Unions keep the order in which they are written.
    ["web-2,db-a", "web-2 db-a"],
    ["web-2:db-a", "web-2 db-a"],
    ["web-2, db-a:web-1", "web-2 db-a web-1"],
    ["web-2,web-*", "web-2 web-1 web-10"],
    // & and ! apply after the unions, wherever they stand.
    ["!web-2:web-*", "web-1 web-10"],
    ["&@rack=r1:web-*,db-*", "web-1 web-2 db-a"],
    ["web-1:!web-*:db-a", "db-a"],
    ["web-*:&@rack=r1:!web-2", "web-1"],
    ["!db-*", "web-1 web-2 web-10"],
    ["&@rack=r1", "db-a web-1 web-2"],
    // Ranges.
    ["web-[1:2]", "web-1 web-2"],
    ["db-[a:c]", "db-a db-b db-c"],
    ["db-[a:c:2]", "db-a db-c"],
    ["[w:x]eb-*", "web-1 web-2 web-10"],
    // Positions in what a term matched.
    ["web-*[0]", "web-1"],
    ["web-*[-1]", "web-10"],
    ["web-*[0:1]", "web-1 web-2"],
    ["web-*[1:]", "web-2 web-10"],
    ["all[0:0]", "db-a"],
    // Addresses.
    ["10.0.0.2", "web-2"],
    ["10.0.1.*", "db-a db-b db-c"],
    ["~10\\.0\\.1\\.[12]", "db-a db-b"],
    // Selectors.
    ["@rack=r1", "db-a web-1 web-2"],
    ["@RACK=R[12]:!@rack=r2", "db-a web-1 web-2"],
    ["@os=debian", "web-1 web-2"],
    ["@cores=*", "db-a"],
    ["zone=a", "db-a web-1 web-2"],
    ["region=e*:&zone=b", "web-10"],
    // A registered machine written out is that machine.
    ["web-1|10.0.0.1", "web-1"],
  ])("%s stands for its machines", (pattern, expected) => {
    const resolved = resolve(pattern, cluster);
    expect(namesOf(resolved.machines)).toBe(expected);
    expect(resolved.unknown).toEqual([]);
    expect(resolved.literals).toEqual([]);
  });

  test("wildcards are taken for addresses only if they cannot be names", () => {
    expect(namesOf(resolve("*1", cluster).machines)).toBe("web-1");
    expect(namesOf(resolve("~.*3$", cluster).machines)).toBe("");
  });

  test("a machine is known by its short name if no other has it", () => {
    const index = indexOf(["web-01.dc1 10.0.0.1", "web-02.dc1 10.0.0.2", "web-02.dc2 10.0.0.3"]);
    expect(namesOf(resolve("web-01", index).machines)).toBe("web-01.dc1");
    expect(namesOf(resolve("web-0[1:1]", index).machines)).toBe("web-01.dc1");
    expect(namesOf(resolve("web-0?", index).machines)).toBe("web-01.dc1");
    expect(resolve("web-02", index)).toMatchObject({
      machines: [],
      matchedNothing: [{ term: "web-02", nearest: ["web-02.dc1", "web-02.dc2", "web-01.dc1"] }],
    });
  });

  test("a machine is listed once though several agents run on it, and so are all that share a name", () => {
    const index = indexOf(["twin 10.0.0.1", "TWIN 10.0.0.1 rack=r9", "twin 10.0.0.2"]);
    expect(resolve("twin", index).machines).toEqual([
      { hostname: "twin", ip: "10.0.0.1" },
      { hostname: "twin", ip: "10.0.0.2" },
    ]);
    expect(resolve("@rack=r9", index).machines).toEqual([{ hostname: "twin", ip: "10.0.0.1" }]);
  });

  test("a plain name that stands for several machines is said, and one that the other terms leave one of is not", () => {
    const index = indexOf(["web-01 10.0.0.1", "web-01 10.0.0.2", "web-02 10.0.0.3"]);
    const machines = ["10.0.0.1", "10.0.0.2"].map((ip) => ({ hostname: "web-01", ip }));
    for (const pattern of ["web-01", "WEB-01", "web-[01:02]", "web-*:&web-01"])
      expect(resolve(pattern, index).ambiguous).toEqual([{ term: "web-01", machines }]);
    for (const pattern of [
      "web-*",
      "web-02",
      "web-01|10.0.0.1",
      "web-01:!web-01|10.0.0.2",
      "all:!web-01",
      "web-01[0]",
    ])
      expect(resolve(pattern, index).ambiguous).toBeUndefined();
  });

  test("the identity is given as the master has it, whatever case was typed (invariant 4)", () => {
    const index = indexOf(["Web-01.Example.COM 10.0.0.1"]);
    expect(resolve("web-01.example.com", index).machines).toEqual([
      { hostname: "Web-01.Example.COM", ip: "10.0.0.1" },
    ]);
  });

  test("host|ip is taken for a machine that is not registered, and that is said (invariant 4)", () => {
    const gone = { hostname: "old-7", ip: "10.9.9.9" };
    expect(resolve("web-1,old-7|10.9.9.9,OLD-7|10.9.9.9", cluster)).toMatchObject({
      machines: [{ hostname: "web-1" }, gone],
      literals: [gone],
      matchedNothing: [],
    });
    expect(resolve("old-7|10.9.9.9:!old-7|10.9.9.9", cluster).machines).toEqual([]);
    expect(resolve("web-1|10.9.9.9", cluster).literals).toEqual([{ hostname: "web-1", ip: "10.9.9.9" }]);
  });
});

describe("what matched nothing", () => {
  test.each([
    ["wbe-1", ["web-1"]],
    ["web", ["web-1", "web-2", "web-10"]],
    ["wib-*", ["web-1", "web-2", "web-10"]],
    ["@rack=r7", ["@rack=r1", "@rack=r2", "@rack=r3"]],
    ["@rak=r1", ["@rack=*"]],
    ["zone=c", ["zone=a", "zone=b"]],
    ["wbe-2.example.com", ["web-2"]],
    ["~nothing", []],
    ["web-*[7]", []],
  ])("the term %s is told with the nearest there is", (term, nearest) => {
    const { matchedNothing, machines } = resolve(term, cluster);
    expect(machines).toEqual([]);
    expect(matchedNothing.map((nothing) => nothing.term)).toEqual([term]);
    expect(matchedNothing[0]?.nearest.slice(0, nearest.length)).toEqual(nearest);
  });

  test("a full name is taken for the host of that name, be it short at the master or in another domain", () => {
    const nearest = (term: string, lines: string[]) =>
      resolve(term, indexOf(lines)).matchedNothing.map((nothing) => nothing.nearest);
    const short = ["web-04 10.0.0.4", "web-05 10.0.0.5"];
    expect(nearest("web-04.example.com", short)).toEqual([["web-04"]]);
    const domains = ["web-04.dc1 10.0.0.4", "web-05.dc2 10.0.0.5"];
    expect(nearest("web-04.dc2", domains)).toEqual([["web-04.dc1", "web-05.dc2"]]);
  });

  test("the members of a range that are missing are named, but the range where all are", () => {
    expect(resolve("web-[1:4]", cluster).matchedNothing.map(({ term }) => term)).toEqual(["web-3", "web-4"]);
    expect(resolve("wob-[1:4]", cluster).matchedNothing.map(({ term }) => term)).toEqual(["wob-[1:4]"]);
  });

  test("a misspelt exclusion is told, which would take a machine along", () => {
    expect(resolve("web-*:!web-O2", cluster).matchedNothing).toEqual([
      { term: "web-O2", nearest: ["web-2", "web-1", "web-10"] },
    ]);
  });
});

const INVENTORY = `
lone.example.com

[web]
web[1:3]
[db]
db-b
db-a
[old]
retired ansible_host=10.0.1.3
[empty]
[frontend:children]
web
[racks:children]
db
frontend
`;

describe("with an Ansible inventory", () => {
  const index = indexOf(
    [
      "web1.example.com 10.0.0.1",
      "web2.example.com 10.0.0.2",
      "db-a 10.0.1.1",
      "db-b 10.0.1.2",
      "db-c 10.0.1.3",
      "new-1 10.0.2.1",
    ],
    INVENTORY,
  );

  test.each([
    ["web", "web1.example.com web2.example.com", ["web3"]],
    ["frontend", "web1.example.com web2.example.com", ["web3"]],
    // Children come in the order in which they are linked.
    ["racks", "db-b db-a web1.example.com web2.example.com", ["web3"]],
    ["racks:!db", "web1.example.com web2.example.com", ["web3"]],
    ["racks:&db", "db-b db-a", []],
    ["web[0:1]", "web1.example.com web2.example.com", []],
    ["web[-1]", "", ["web3"]],
    ["web[1]", "web2.example.com", []],
    // Ansible's groups come before ranges; leading zeros or a base without match make it a range.
    ["web[1:2]", "web2.example.com", ["web3"]],
    // A wildcard means groups, with all their hosts, and hosts.
    ["d*", "db-b db-a db-c", []],
    ["~(db|new)", "db-b db-a db-c new-1", []],
    // The built-in groups are meant only by their whole names.
    ["al*", "", []],
    ["un*", "", []],
    ["ungrouped", "new-1", ["lone.example.com"]],
    // Groups that stand in no other come in the order of the file, after the hosts in no group.
    ["all", "db-c db-b db-a web1.example.com web2.example.com new-1", ["lone.example.com", "web3"]],
    // By ansible_host, under either name, and as one machine.
    ["retired", "db-c", []],
    ["old:!db-c", "", []],
    // By the inventory's short name and the master's long one.
    ["web1", "web1.example.com", []],
    ["web1.example.com", "web1.example.com", []],
  ])(
    "%s stands for its machines, and for hosts that the master does not know",
    (pattern, machines, unknown) => {
      const resolved = resolve(pattern, index);
      expect(namesOf(resolved.machines)).toBe(machines);
      expect([...resolved.unknown].sort()).toEqual(unknown);
    },
  );

  test.each([
    [
      "a group's own hosts come before those of its children",
      "[agents]\ncanary1\ncanary2\n[agents:children]\nrack1\nrack2\n[rack1]\nr1n1\nr1n2\n[rack2]\nr2n1\n",
      { "agents[0:1]": "canary1 canary2", agents: "canary1 canary2 r1n1 r1n2 r2n1", "agents[-1]": "r2n1" },
    ],
    [
      "children of sections further down come in the order of these",
      "[mesos:children]\nagents\nmasters\n[masters]\nm1\n[agents]\na1\na2\n",
      { "mesos[0]": "m1", mesos: "m1 a1 a2" },
    ],
    [
      "children of sections further up come in the order of the list",
      "[masters]\nm1\n[agents]\na1\na2\n[mesos:children]\nagents\nmasters\n",
      { "mesos[0]": "a1", mesos: "a1 a2 m1" },
    ],
    [
      "variables make a group, which then is further up",
      "[agents:vars]\nx=1\n[mesos:children]\nmasters\nagents\n[masters]\nm1\n[agents]\na1\n",
      { mesos: "a1 m1" },
    ],
    [
      "groups come level by level",
      "[top:children]\none\ntwo\n[one:children]\ndeep\n[deep]\nd1\n[one]\no1\n[two]\nt1\n[top]\nx1\n",
      { top: "x1 o1 t1 d1" },
    ],
    [
      "a wildcard takes groups in the order in which the file makes them",
      "[rack1]\na\n[rack2]\nb\n[rack3]\nc\n[zone:children]\nrack1\nrack2\n",
      { "rack*[0]": "a", "rack*": "a b c", "rack*[-1]": "c" },
    ],
    [
      "a host that two groups of a wildcard have counts twice in its positions",
      "[rack1]\na\nb\n[rack2]\nb\nc\n",
      { "rack*[2]": "b", "rack*[3]": "c", "rack*": "a b c", "rack*[1:2]": "b" },
    ],
    [
      "under a position the group comes before the host of its name",
      "n1\n[n1]\nb\nc\n",
      { n1: "n1", "n1[0]": "b", "all:&n1": "b c" },
    ],
    [
      "a group that has the host of its own name stands for it once, though a name with a dot is both",
      "[n1.dc]\nn1.dc\nb\n",
      { "n1.dc[0:2]": "n1.dc b", "n1.dc[2]": "n1.dc" },
    ],
  ])("%s, as in Ansible", (_, inventory, answers) => {
    const names = ["canary1", "canary2", "r1n1", "r1n2", "r2n1", "m1", "a1", "a2", "d1", "o1", "t1", "x1"];
    const agents = [...names, "a", "b", "c", "n1", "n1.dc"].map((name, place) => `${name} 10.0.0.${place}`);
    const ordered = indexOf(agents, inventory);
    for (const [pattern, expected] of Object.entries(answers))
      expect([pattern, namesOf(resolve(pattern, ordered).machines)]).toEqual([pattern, expected]);
  });

  test("a group without hosts is no mistake where it takes nothing away", () => {
    expect(resolve("web:!empty", index).matchedNothing).toEqual([]);
    expect(resolve("empty", index).matchedNothing.map(({ term }) => term)).toEqual(["empty"]);
  });

  test("a name that is both is taken for the host in a union and for the group after & and !, as Ansible does", () => {
    const both = indexOf(["x 10.0.0.1", "y 10.0.0.2"], "x\n[x]\ny\n");
    expect(namesOf(resolve("x", both).machines)).toBe("x");
    expect(namesOf(resolve("all:!x", both).machines)).toBe("x");
  });

  test("the range [01:20] is read as names where they exist, and as positions where they do not", () => {
    const padded = indexOf(
      ["web01 10.0.0.1", "web02 10.0.0.2", "app 10.0.0.3"],
      "[web]\nweb[01:02]\n[apps]\napp\n",
    );
    expect(namesOf(resolve("web[01:02]", padded).machines)).toBe("web01 web02");
    expect(namesOf(resolve("web[1:2]", padded).machines)).toBe("web02");
    expect(namesOf(resolve("apps[00:01]", padded).machines)).toBe("app");
  });

  test("a position outside a group never becomes a set of characters", () => {
    const index = indexOf(["web2 10.0.0.1", "web5 10.0.0.2"], "[web]\nweb2\n");
    expect(resolve("web[25]", index)).toMatchObject({ machines: [], matchedNothing: [{ term: "web[25]" }] });
    expect(namesOf(resolve("we[b][25]", index).machines)).toBe("");
  });

  test.each([
    ["agent[-1]", /^a position in what agent matches, which is nothing/],
    ["agent[1]", /^a position in what agent/],
    ["agent[12]", /^a position in what agent/],
    ["agent[0:]", /^a position in what agent/],
    ["age?t[-1]", /^a position in what age\?t/],
    ["two[2]", /^two has 2 hosts, from \[0\] to \[1\]$/],
    ["two[-3]", /^two has 2 hosts/],
    ["two[4:9]", /^two has 2 hosts/],
    ["none[0]", /^none has no hosts$/],
    ["agent1[1]", /^agent1 has one host, at \[0\]$/],
  ])("the position %s, which does not exist, takes and leaves out no machine and is told", (term, why) => {
    const index = indexOf(
      ["agent1 10.0.0.1", "agent2 10.0.0.2", "agent- 10.0.0.3", "agent12 10.0.0.4"],
      "[two]\nagent1\nagent2\n[none]\n",
    );
    const told = [{ term, why: expect.stringMatching(why) }];
    expect(resolve(term, index)).toMatchObject({ machines: [], matchedNothing: told });
    expect(resolve(`all:!${term}`, index)).toMatchObject({ matchedNothing: told });
    expect(resolve(`all:!${term}`, index).machines).toHaveLength(4);
    expect(resolve(`all:&${term}`, index)).toMatchObject({ machines: [], matchedNothing: told });
  });

  test("one domain's host is never taken for another's", () => {
    const index = indexOf(["web.dc1 10.0.0.1"], "[web-group]\nweb.dc2\n");
    expect(resolve("web-group", index)).toMatchObject({ machines: [], unknown: ["web.dc2"] });
  });
});

describe("properties", () => {
  const universe = indexOf(AGENTS);
  const term = fc.constantFrom(
    "web-*",
    "db-*",
    "all",
    "@rack=r1",
    "zone=b",
    "web-1",
    "~.*[ab12]$",
    "db-[a:c]",
    "10.0.1.*",
  );
  const keys = (pattern: string) => resolve(pattern, universe).machines.map(machineKey);

  test("a union holds exactly the machines of its terms, each once", () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const together = keys(terms.join(","));
        expect(new Set(together).size).toBe(together.length);
        expect([...together].sort()).toEqual([...new Set(terms.flatMap(keys))].sort());
      }),
    );
  });

  test("the place of & and ! makes no difference", () => {
    fc.assert(
      fc.property(term, term, term, (union, and, not) => {
        const expected = keys(`${union}:&${and}:!${not}`);
        expect(keys(`!${not}:${union}:&${and}`)).toEqual(expected);
        expect(keys(`&${and}:!${not}:${union}`)).toEqual(expected);
        expect(expected.every((key) => keys(and).includes(key) && !keys(not).includes(key))).toBe(true);
      }),
    );
  });

  test("every agent can be named by its host name, its IP and as host|ip", () => {
    for (const { machine } of AGENTS.map(agent)) {
      for (const pattern of [machine.hostname, machine.ip, `${machine.hostname}|${machine.ip}`]) {
        expect(resolve(pattern, universe).machines).toEqual([machine]);
      }
    }
  });

  test("the order in which the master lists its agents makes no difference", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(AGENTS, { minLength: AGENTS.length }), term, (shuffled, pattern) => {
        expect(namesOf(resolve(pattern, indexOf(shuffled)).machines)).toBe(
          namesOf(resolve(pattern, universe).machines),
        );
      }),
    );
  });

  test("every pattern that parses can be resolved", () => {
    const piece = fc.constantFrom(
      "web",
      "-",
      "*",
      "[",
      "]",
      "0",
      "1",
      ":",
      ",",
      "!",
      "&",
      "~",
      "@",
      "=",
      "|",
      "(",
      ")",
      " ",
      "zone",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parsed = parsePattern(pieces.join(""));
        if (parsed.ok) resolve(pieces.join(""), universe);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
