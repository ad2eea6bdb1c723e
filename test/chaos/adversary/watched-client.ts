import { expect } from "vitest";
import type { MachineId } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import { sameSchedule } from "../../../src/maintenance/window/edit.js";
import { MesosError, mesosError } from "../../../src/mesos/errors/errors.js";
import type { Master } from "../../../src/mesos/master.js";
import type { OtherPeople } from "./other-people.js";
import type { Random } from "./random.js";
import type { SharedMaster } from "./shared-master.js";

/** A call in a hundred or so gets no answer; half of those were carried out. */
const UNANSWERED = 0.015;

export interface WatchedClient extends Master {
  /** Posts of ours that the master has carried out. */
  posts(): number;
  /** Throws what was found wrong so far: the engine tells errors in the thread, where no test would see them. */
  check(): void;
}

/**
 * The bot's client with other people around every call, and each write held against the invariants where it happens.
 * Some writes get no answer.
 */
export function watchedClient(
  { client }: SharedMaster,
  people: OtherPeople,
  isOurs: (machine: MachineId) => boolean,
  random: Random,
): WatchedClient {
  let lastRead: Schedule | null = null;
  let posts = 0;
  let wrong: unknown = null;

  async function send(call: () => Promise<void>, done: () => void): Promise<void> {
    people.act();
    const isUnanswered = random.chance(UNANSWERED);
    const noAnswer = () => mesosError("headers_timeout", { cluster: "test" }, { sent: "maybe" });
    if (isUnanswered && random.chance(0.5)) throw noAnswer();
    await call();
    done();
    if (isUnanswered) throw noAnswer();
  }

  /** Keeps anything that is not an answer of the master. */
  async function watched<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MesosError)) wrong ??= error;
      throw error;
    }
  }

  return {
    ...client,
    snapshot: () =>
      watched(async () => {
        people.gapIsOver();
        people.act();
        return await client.snapshot();
      }),
    scheduleOf: (leaderId) =>
      watched(async () => {
        people.gapIsOver();
        people.act();
        people.ourRead();
        lastRead = await client.scheduleOf(leaderId);
        return lastRead;
      }),
    updateSchedule: (next) =>
      watched(async () => {
        const read = lastRead;
        lastRead = null;
        if (read === null) throw new Error("The schedule was posted without having been read right before.");
        // Invariant 3: a post that changes nothing would only erase answers.
        expect(sameSchedule(read, next)).toBe(false);
        // Invariants 1 and 12: what is not ours is written back as it was read, to the letter and in its order.
        expect(othersIn(next, isOurs)).toEqual(othersIn(read, isOurs));
        await send(
          () => client.updateSchedule(next),
          () => {
            posts += 1;
            people.ourPost();
          },
        );
      }),
    startMaintenance: (machines) =>
      watched(async () => {
        expect(machines.every(isOurs)).toBe(true);
        await send(
          () => client.startMaintenance(machines),
          () => {},
        );
      }),
    stopMaintenance: (machines) =>
      watched(async () => {
        expect(machines.every(isOurs)).toBe(true);
        await send(
          () => client.stopMaintenance(machines),
          () => {},
        );
      }),
    posts: () => posts,
    check() {
      if (wrong !== null) throw wrong;
    },
  };
}

function othersIn({ windows }: Schedule, isOurs: (machine: MachineId) => boolean): Schedule["windows"] {
  return windows
    .map((window) => ({ ...window, machines: window.machines.filter((machine) => !isOurs(machine)) }))
    .filter((window) => window.machines.length > 0);
}
