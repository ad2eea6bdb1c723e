import { type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule, Unavailability, Window } from "../../../src/maintenance/cluster/schedule.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { sameTime, windowOf } from "../../../src/maintenance/window/edit.js";
import { HOUR, NOW } from "../../support/world.js";
import type { Random } from "./random.js";
import type { SharedMaster } from "./shared-master.js";

/** Above 2^53: as a JavaScript number it would end in …400. */
const EXACT_START = 1_795_195_128_662_822_401n;

/** A machine of theirs as it has to stand in the schedule. */
interface Entry extends Unavailability {
  readonly machine: MachineId;
  readonly down: boolean;
}

/** What was counted over a run, so that a test can see that it was not an idle one. */
export interface Counts {
  /** Edits of theirs, and those of them that fell between our last read and our post. */
  edits: number;
  editsInGap: number;
  /** Machines whose window our post put back to what we had read. */
  lostInGap: number;
  /** Old lists that were written back, and machines of ours that stood otherwise after them. */
  oldLists: number;
  oursUndone: number;
  downs: number;
  ups: number;
}

/** A list that somebody has read and is going to write back. */
interface OldList {
  readonly schedule: Schedule;
  readonly readAtMs: number;
  readonly waitMs: number;
}

/**
 * Everybody else who edits the schedule: they add, change and remove their own windows, each time by reading the list
 * and posting it as a whole, and take their machines Down and Up. They know what they want to stand there; when a post
 * of ours took it back they see that at their next look and post it again. One of them is slow: reads the list, waits,
 * puts a window of theirs into it, and writes it back as it was then, windows of ours too.
 */
export class OtherPeople {
  readonly counts: Counts = {
    edits: 0,
    editsInGap: 0,
    lostInGap: 0,
    oldLists: 0,
    oursUndone: 0,
    downs: 0,
    ups: 0,
  };
  readonly #intended = new Map<string, Entry>();
  /** Keys that do not stand as intended, because we posted what we had read before they were edited. */
  #lost = new Set<string>();
  #editedInGap = new Set<string>();
  #inGap = false;
  #oldList: OldList | null = null;
  #slowOneIsHere = true;

  constructor(
    private readonly master: SharedMaster,
    private readonly random: Random,
    private readonly theirs: readonly MachineId[],
    private readonly isOurs: (machine: MachineId) => boolean,
    /** Machines of ours that are being given back: the one thing of ours that others may do for us. */
    private readonly beingGivenBack: () => readonly MachineId[],
    private readonly now: () => number,
    /** In ms; the slow one waits for less: what is written back later is no removal to be looked at again. */
    private readonly pollMs: number,
  ) {}

  /** None, one or several edits. */
  act(share = 0.3): void {
    while (this.random.chance(share)) this.#edit();
    // Not both at once: a window that is put back and taken out again between two of our looks was never seen.
    if (this.#slowOneIsHere) this.#editSlowly();
    else if (this.random.chance(0.1)) this.#giveBackOurs();
  }

  /** The slow one is done, and writes nothing back any more. */
  slowOneLeaves(): void {
    this.#slowOneIsHere = false;
  }

  /** Everything stands as they want it again. Throws when something is missing that they did not edit themselves in a gap. */
  repair(): void {
    const wrong = this.#wrong();
    for (const key of wrong) {
      if (!this.#lost.has(key)) throw new Error(`${key} was changed though nobody edited it in between.`);
    }
    this.#lost = new Set();
    if (wrong.length === 0) return;
    let schedule = this.master.schedule();
    for (const key of wrong) {
      const entry = this.#intended.get(key);
      schedule = entry === undefined ? without(schedule, key) : this.#placed(schedule, entry);
      if (this.#inGap) this.#editedInGap.add(key);
    }
    this.master.post(schedule);
  }

  /** From now on an edit may be taken back by the post of ours that is based on what is read now. */
  ourRead(): void {
    this.#inGap = true;
    this.#editedInGap = new Set();
  }

  /**
   * A post of ours was carried out. A master takes the whole list and has no compare-and-set, so what was edited since
   * our read is lost; anything else must not be.
   */
  ourPost(): void {
    const wrong = this.#wrong();
    for (const key of wrong) {
      if (this.#lost.has(key)) continue;
      if (!this.#editedInGap.has(key)) throw new Error(`Our post took ${key} out of its window.`);
      this.counts.lostInGap += 1;
    }
    this.#lost = new Set(wrong);
    this.gapIsOver();
  }

  /** What was read goes into no post any more. */
  gapIsOver(): void {
    this.#inGap = false;
  }

  /** What has to stand in the schedule of theirs, by machine key. */
  intended(): ReadonlyMap<string, Entry> {
    return this.#intended;
  }

  /** Machines of theirs that stand otherwise than they want. */
  #wrong(): string[] {
    const standing = new Map<string, Window>();
    const written = new Map<string, MachineId>();
    for (const window of this.master.schedule().windows) {
      for (const machine of window.machines) {
        if (this.isOurs(machine)) continue;
        standing.set(machineKey(machine), window);
        written.set(machineKey(machine), machine);
      }
    }
    return [...new Set([...standing.keys(), ...this.#intended.keys()])].filter((key) => {
      const want = this.#intended.get(key);
      const window = standing.get(key);
      const machine = written.get(key);
      if (want === undefined || window === undefined) return true;
      const sameText = machine?.hostname === want.machine.hostname && machine?.ip === want.machine.ip;
      return !sameTime(window, want) || !sameText;
    });
  }

  #edit(): void {
    this.repair();
    const { random } = this;
    const free = this.theirs.filter((machine) => !this.#intended.has(machineKey(machine)));
    const draining = [...this.#intended.values()].filter((entry) => !entry.down);
    const down = [...this.#intended.values()].filter((entry) => entry.down);
    const choices: (() => void)[] = [];
    if (free.length > 0) {
      const add = () => this.#want({ machine: random.pick(free), ...this.#someTime(), down: false });
      choices.push(add, add);
    }
    if (draining.length > 0) {
      choices.push(
        () => this.#want({ ...random.pick(draining), ...this.#someTime() }),
        () => this.#drop(random.pick(draining)),
        () => this.#takeDown(random.pick(draining)),
        () => this.#regroup(),
      );
    }
    if (down.length > 0) {
      // A Down machine may move to another window, but not leave the schedule.
      choices.push(
        () => this.#want({ ...random.pick(down), ...this.#someTime() }),
        () => this.#bringUp(random.pick(down)),
      );
    }
    this.counts.edits += 1;
    if (this.#inGap) this.counts.editsInGap += 1;
    random.pick(choices)();
  }

  #editSlowly(): void {
    const { random } = this;
    const list = this.#oldList;
    const waitedMs = list === null ? 0 : this.now() - list.readAtMs;
    if (list === null || waitedMs >= this.pollMs) {
      const waitMs = random.below(this.pollMs);
      this.#oldList = random.chance(0.3)
        ? { schedule: this.master.schedule(), readAtMs: this.now(), waitMs }
        : null;
    } else if (waitedMs >= list.waitMs) {
      this.#oldList = null;
      this.#writeBack(list.schedule);
    }
  }

  /** With a window of theirs put into it, if there is one to be had. */
  #writeBack(old: Schedule): void {
    const before = this.master.schedule();
    const free = this.theirs.filter((machine) => this.#intended.get(machineKey(machine))?.down !== true);
    const entry =
      free.length === 0 ? null : { machine: this.random.pick(free), ...this.#someTime(), down: false };
    try {
      this.master.post(entry === null ? old : this.#placed(old, entry));
    } catch (error) {
      // A machine has gone Down in the meantime: they read the list anew.
      if (error instanceof Error && error.message.includes("cannot be removed from the schedule")) return;
      throw error;
    }
    this.counts.oldLists += 1;
    this.counts.oursUndone += this.#oursChanged(before);
    if (entry !== null) this.#intend(entry);
    // What others have edited since the list was read is gone with it, and they see that at their next look.
    for (const key of this.#wrong()) this.#lost.add(key);
  }

  /** How many machines of ours stand otherwise now than before. */
  #oursChanged(before: Schedule): number {
    const after = this.master.schedule();
    const ours = [...before.windows, ...after.windows].flatMap(({ machines }) =>
      machines.filter(this.isOurs),
    );
    const byKey = new Map(ours.map((machine) => [machineKey(machine), machine]));
    return [...byKey.values()].filter((machine) => {
      const [was, is] = [windowOf(before, machine), windowOf(after, machine)];
      return was === null || is === null || !sameTime(was, is);
    }).length;
  }

  #giveBackOurs(): void {
    const before = this.master.schedule();
    const after = this.beingGivenBack().map(machineKey).reduce(without, before);
    const count = ({ windows }: Schedule) => windows.flatMap((window) => window.machines).length;
    if (count(after) < count(before)) this.master.post(after);
  }

  #want(entry: Entry): void {
    this.master.post(this.#placed(this.master.schedule(), entry));
    this.#intend(entry);
  }

  #drop({ machine }: Entry): void {
    const key = machineKey(machine);
    this.master.post(without(this.master.schedule(), key));
    this.#intended.delete(key);
    this.#touch(key);
  }

  #takeDown(entry: Entry): void {
    this.master.startMaintenance([entry.machine]);
    this.#intend({ ...entry, down: true });
    this.counts.downs += 1;
  }

  #bringUp({ machine }: Entry): void {
    this.master.stopMaintenance([machine]);
    this.#intended.delete(machineKey(machine));
    this.#touch(machineKey(machine));
    this.counts.ups += 1;
  }

  /** A tool that writes the list in its own order, one window per time, whoever's machines they are. */
  #regroup(): void {
    const windows: Window[] = [];
    for (const window of this.random.shuffled(this.master.schedule().windows)) {
      const same = windows.findIndex((other) => sameTime(other, window));
      const other = windows[same];
      if (other === undefined) windows.push(window);
      else windows[same] = { ...other, machines: [...window.machines, ...other.machines] };
    }
    this.master.post({ windows });
  }

  #intend(entry: Entry): void {
    this.#intended.set(machineKey(entry.machine), entry);
    this.#touch(machineKey(entry.machine));
  }

  #touch(key: string): void {
    if (this.#inGap) this.#editedInGap.add(key);
  }

  /** The list with this machine at its time: in a window of its own, or in one that has that time, as people copy lines. */
  #placed(schedule: Schedule, { machine, start, duration }: Entry): Schedule {
    const { windows } = without(schedule, machineKey(machine));
    const same = windows.findIndex((window) => sameTime(window, { start, duration }));
    const found = windows[same];
    if (found === undefined || this.random.chance(0.5)) {
      const own = { machines: [machine], start, duration };
      return { windows: this.random.chance(0.5) ? [own, ...windows] : [...windows, own] };
    }
    return { windows: windows.with(same, { ...found, machines: [...found.machines, machine] }) };
  }

  #someTime(): Unavailability {
    const { random } = this;
    const standing = this.master.schedule().windows;
    switch (random.below(4)) {
      case 0:
        return { start: EXACT_START, duration: null };
      case 1:
        return { start: EXACT_START + BigInt(random.below(9)), duration: BigInt(random.below(3)) };
      case 2:
        // The very time of a window that stands there, ours too.
        if (standing.length > 0) {
          const { start, duration } = random.pick(standing);
          return { start, duration };
        }
    }
    return {
      start: millisToNanos(NOW + random.below(48) * HOUR),
      duration: random.chance(0.3) ? null : millisToNanos((1 + random.below(9)) * HOUR),
    };
  }
}

function without(schedule: Schedule, key: string): Schedule {
  const windows = schedule.windows
    .map((window) => ({ ...window, machines: window.machines.filter((m) => machineKey(m) !== key) }))
    .filter((window) => window.machines.length > 0);
  return { windows };
}
