type Version = readonly [major: number, minor: number, patch: number];

interface KnownBug {
  readonly issue: string;
  readonly affects: (version: Version) => boolean;
  /** What happens, when, and what to do about it. */
  readonly advice: string;
}

/** Bugs of Mesos that a maintenance runs into; the numbers are those of its issue tracker. */
const KNOWN_BUGS: readonly KnownBug[] = [
  {
    issue: "MESOS-7966",
    affects: (version) => isBefore(version, [1, 7, 0]),
    advice:
      "the master may crash when the schedule is changed while inverse offers are out, so put machines into one drain rather than many, and do not extend without need. Fixed in 1.7.0",
  },
  {
    issue: "MESOS-10109",
    affects: (version) => isBefore(version, [1, 10, 0]),
    advice:
      "the new leader may crash after a fail-over while machines are in the schedule, so do not restart masters during a maintenance. Fixed in 1.10.0",
  },
  {
    issue: "MESOS-10018",
    affects: (version) =>
      isBefore(version, [1, 7, 3]) || (!isBefore(version, [1, 8, 0]) && isBefore(version, [1, 10, 0])),
    advice:
      "an agent that was cut off when its machine went Down may come back with tasks that run elsewhere by now, so look at it after Up. Fixed in 1.7.3 and 1.10.0",
  },
];

/**
 * What to know of a version of Mesos before a maintenance, a sentence per known bug; empty for those that have none, and
 * for a version that cannot be read.
 *
 * @param version as a master tells it, such as `1.11.0` or `1.9.0-rc1`; a release candidate counts as its release.
 */
export function versionAdvice(version: string): readonly string[] {
  const parsed = parse(version);
  if (parsed === null) return [];
  return KNOWN_BUGS.filter((bug) => bug.affects(parsed)).map(
    ({ issue, advice }) => `Mesos ${version} has ${issue}: ${advice}.`,
  );
}

/** Whether masters of this version can drain agents (DRAIN_AGENT, since 1.9.0); one that cannot be read is asked. */
export function knowsDraining(version: string): boolean {
  const parsed = parse(version);
  return parsed === null || !isBefore(parsed, [1, 9, 0]);
}

function parse(version: string): Version | null {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return parts === null ? null : [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
}

function isBefore([major, minor, patch]: Version, other: Version): boolean {
  return (major - other[0] || minor - other[1] || patch - other[2]) < 0;
}
