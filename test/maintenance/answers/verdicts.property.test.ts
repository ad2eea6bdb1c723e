import fc from "fast-check";
import { expect, test } from "vitest";
import { lookAt } from "../../../src/maintenance/answers/verdicts.js";
import type { Picture } from "../../../src/maintenance/record/picture.js";
import { answer, framework, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";

const HOSTS = ["web-01", "web-02", "web-03"] as const;

const NAMES = ["marathon", "aurora"] as const;

const watched = HOSTS.map((host) => ({ machine: machine(host), agentIds: [`${host}-S0`] }));

/** What stands between one framework and one machine. */
const relation = fc.record({
  tasks: fc.integer({ min: 0, max: 3 }),
  answer: fc.constantFrom("accept", "decline", null),
  offered: fc.boolean(),
});

const cluster = fc.record({
  cells: fc.array(relation, { minLength: 6, maxLength: 6 }),
  leaderId: fc.constantFrom("leader-1", "leader-2"),
});

type Cluster = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

const cellsOf = ({ cells }: Cluster) =>
  HOSTS.flatMap((host, h) => NAMES.map((name, n) => ({ host, name, ...cells[h * NAMES.length + n] })));

function worldFrom(drawn: Cluster, atMs: number) {
  const cells = cellsOf(drawn);
  const world = worldOf({
    leaderId: drawn.leaderId,
    windows: [windowOn([...HOSTS], NOW, null)],
    tasks: cells.flatMap(({ host, name, tasks = 0 }) =>
      Array.from({ length: tasks }, (_, n) => task(`${name}-${host}-${n}`, name, host)),
    ),
    frameworks: NAMES.map((name) =>
      framework(name, {
        inverseOffers: cells
          .filter((cell) => cell.name === name && cell.offered)
          .map(({ host }) => ({ agentId: `${host}-S0` })),
      }),
    ),
    answers: Object.fromEntries(
      HOSTS.map((host) => [
        host,
        cells.flatMap((cell) =>
          cell.host === host && cell.answer ? [answer(cell.name, cell.answer, atMs)] : [],
        ),
      ]),
    ),
  });
  return { ...world, observedAtMs: atMs };
}

const rowOf = (picture: Picture, host: string, name: string) =>
  picture.verdicts.find((row) => row.machine.startsWith(`${host}|`) && row.framework === name);

test("a verdict says what tasks and the standing answer say, whatever was before", () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 5 }), (life) => {
      let picture: Picture | null = null;
      let answeredBefore = new Set<string>();
      life.forEach((drawn, step) => {
        const seen: Picture = lookAt(worldFrom(drawn, NOW + step), watched, picture);
        const answeredNow = new Set<string>();
        for (const { host, name, tasks = 0, answer: said } of cellsOf(drawn)) {
          const row = rowOf(seen, host, name);
          const key = `${host} ${name}`;
          if (said) answeredNow.add(key);
          if (tasks === 0) {
            // Nothing runs there: an accept costs nothing, and no row at all is as good as empty.
            expect(row?.verdict ?? "empty").toBe("empty");
          } else if (said) {
            expect(row).toMatchObject({
              tasks,
              verdict: said === "accept" ? "promised" : "refused",
              erased: null,
            });
          } else {
            // An answer that is gone never counts; one that was given on tasks is remembered as erased.
            expect(row).toMatchObject({ tasks, verdict: "silent", answeredAtMs: null });
            const before: ReturnType<typeof rowOf> =
              picture === null ? undefined : rowOf(picture, host, name);
            const wasGiven =
              before !== undefined && (answeredBefore.has(key) ? before.tasks > 0 : before.erased !== null);
            expect(row?.erased !== null).toBe(wasGiven);
          }
        }
        expect(seen.machines.reduce((sum, view) => sum + view.tasks, 0)).toBe(
          drawn.cells.reduce((sum, { tasks }) => sum + tasks, 0),
        );
        expect(seen.tasksMost).toBeGreaterThanOrEqual(picture?.tasksMost ?? 0);
        picture = seen;
        answeredBefore = answeredNow;
      });
    }),
  );
});

test("looking twice at the same world sees the same", () => {
  fc.assert(
    fc.property(cluster, cluster, (before, now) => {
      const old = lookAt(worldFrom(before, NOW), watched, null);
      const world = worldFrom(now, NOW + 1);
      const once = lookAt(world, watched, old);
      expect(lookAt(world, watched, once)).toEqual(once);
    }),
  );
});
