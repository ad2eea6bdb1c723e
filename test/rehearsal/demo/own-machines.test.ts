import { describe, expect, test } from "vitest";
import { machinesToDrain, sharedWindow } from "../../../src/rehearsal/demo/own-machines.js";
import { HOUR, machine, NOW, windowOn, worldOf } from "../../support/world.js";

const web = [machine("web-01"), machine("web-02")];

describe("the machines of a demo on a real master", () => {
  test("a machine in a window of somebody else is not drained, and is named", () => {
    const taken = worldOf({ windows: [windowOn(["web-02"], NOW, HOUR)] });
    expect(() => machinesToDrain("web-*", taken)).toThrow(
      "In a window of somebody else: web-02. Nothing was posted. Name others with --hosts.",
    );
    expect(machinesToDrain("web-01", taken)).toEqual([machine("web-01")]);
  });

  test.each([
    ["nothing-*", "--hosts nothing-* matches no machine. Nothing was posted."],
    ["~(", "Nothing was posted."],
  ])("--hosts %s is refused before anything is posted", (hosts, words) => {
    expect(() => machinesToDrain(hosts, worldOf())).toThrow(words);
  });

  test("machines in windows of different times share none", () => {
    const apart = [windowOn(["web-01"], NOW, HOUR), windowOn(["web-02"], NOW, 2 * HOUR)];
    expect(sharedWindow(worldOf({ windows: apart }), web)).toBeNull();
    const together = windowOn(web, NOW, HOUR);
    expect(sharedWindow(worldOf({ windows: [together] }), web)).toEqual(together);
  });
});
