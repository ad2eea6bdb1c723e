import { describe, expect, onTestFinished, test } from "vitest";
import {
  endGroup,
  LEAVE_MS,
  type Living,
  type Processes,
  type ProcessGroup,
  TERM_MS,
} from "../../src/runbooks/process-group.js";
import { runProgram } from "../../src/runbooks/program.js";
import { leftWords } from "../../src/runbooks/run-end.js";

const GROUP = { id: 100, mark: "m-7k3q2.b1r1/1" };

/** Processes that only a test knows, by a clock that goes on when somebody waits. */
class TestProcesses implements Processes {
  ms = 0;
  readonly sent: string[] = [];

  /** @param take what a signal does to a process: ends it, is refused, or nothing. */
  constructor(
    readonly living: Living[],
    readonly take: (process: Living, signal: NodeJS.Signals) => "ends" | "refused" | "stays",
  ) {}

  async livingOf(_: ProcessGroup): Promise<readonly Living[]> {
    return [...this.living];
  }

  send(pid: number, signal: NodeJS.Signals): string | null {
    this.sent.push(`${signal} ${pid}`);
    const at = this.living.findIndex((one) => one.pid === pid);
    const one = this.living[at];
    if (one === undefined) return null;
    const taken = this.take(one, signal);
    if (taken === "ends") this.living.splice(at, 1);
    return taken === "refused" ? "EPERM" : null;
  }

  elapsed = () => this.ms;

  async wait(ms: number) {
    this.ms += ms;
  }
}

describe("ending what lives of a group", () => {
  test("nothing that lives is nothing to end", async () => {
    expect(await endGroup(GROUP, new TestProcesses([], () => "stays"))).toBeNull();
  });

  test("SIGKILL follows SIGTERM after 5 s, and not before", async () => {
    const processes = new TestProcesses([{ pid: 101, name: "node" }], (_, signal) =>
      signal === "SIGKILL" ? "ends" : "stays",
    );
    expect(await endGroup(GROUP, processes)).toEqual({ names: ["node"], killed: true, left: [] });
    expect(processes.sent).toEqual(["SIGTERM -100", "SIGTERM 101", "SIGKILL -100", "SIGKILL 101"]);
    expect(processes.ms).toBeGreaterThanOrEqual(TERM_MS);
    expect(processes.ms).toBeLessThan(LEAVE_MS);
  });

  test("what SIGKILL does not end is left after a while, and it is said which and why (invariant 10)", async () => {
    const living = [
      { pid: 101, name: "mount.nfs" },
      { pid: 102, name: "sudo" },
      { pid: 103, name: "node" },
    ];
    const processes = new TestProcesses(living, ({ pid }) =>
      pid === 101 ? "stays" : pid === 102 ? "refused" : "ends",
    );
    const ended = await endGroup(GROUP, processes);
    expect(processes.ms).toBeGreaterThanOrEqual(LEAVE_MS);
    expect(processes.ms).toBeLessThan(LEAVE_MS + TERM_MS);
    expect(ended).toEqual({
      names: ["mount.nfs", "sudo", "node"],
      killed: true,
      left: [
        { pid: 101, name: "mount.nfs", why: "does_not_end" },
        { pid: 102, name: "sudo", why: "other_user" },
      ],
    });
    if (ended === null) return expect.unreachable();
    expect(leftWords(ended)).toBe(
      "It had left processes running. It could not be ended whole. Still running: sudo (process 102), which another user owns; mount.nfs (process 101), which SIGKILL has not ended in 30 s, as where it waits for a disk or a network file system.",
    );
  });

  test("what belongs to another user is left at once", async () => {
    const processes = new TestProcesses([{ pid: 102, name: "sudo" }], () => "refused");
    const left = [{ pid: 102, name: "sudo", why: "other_user" }];
    expect(await endGroup(GROUP, processes)).toEqual({ names: ["sudo"], killed: false, left });
    expect(processes.ms).toBe(0);
  });

  test("a program that cannot be ended does not keep its run from ending", async () => {
    const stop = new AbortController();
    const stuck = new TestProcesses([], () => "stays");
    let leader: number | null = null;
    stuck.livingOf = async ({ id }: ProcessGroup) => {
      leader = id;
      return [{ pid: id, name: "node" }];
    };
    onTestFinished(() => {
      if (leader !== null) process.kill(leader, "SIGKILL");
    });
    const code = 'console.log("ready"); setInterval(() => {}, 1e6)';
    const argv = [process.execPath, "-e", code] as const;
    const program = { argv, folder: "/tmp", env: {}, stdin: "", mark: GROUP.mark };
    const end = await runProgram(program, () => stop.abort(), stop.signal, stuck);
    const left = [{ pid: leader, name: "node", why: "does_not_end" }];
    expect(end).toMatchObject({ kind: "ended", ended: { left } });
    expect(stuck.sent).toContain(`SIGKILL ${leader}`);
  });
});
