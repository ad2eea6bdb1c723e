import { forEach, type Steps } from "../steps.js";

/** That one stands below the other. */
interface Below {
  readonly parent: string;
  readonly child: string;
}

/**
 * The links that lead in a circle, and those from one circle to another; of a single circle the last one closed it. It takes a
 * number of steps in proportion to the links, however deep they nest.
 */
export function* circlesIn<T extends Below>(links: readonly T[]): Steps<readonly T[]> {
  const fromTop = yield* withoutEnds(
    links,
    ({ parent }) => parent,
    ({ child }) => child,
  );
  return yield* withoutEnds(
    fromTop,
    ({ child }) => child,
    ({ parent }) => parent,
  );
}

/** Without the links that begin where none ends, and then those that begin where none is left that ends. */
function* withoutEnds<T>(
  links: readonly T[],
  beginOf: (link: T) => string,
  endOf: (link: T) => string,
): Steps<readonly T[]> {
  const arriving = new Map<string, number>();
  const leaving = new Map<string, T[]>();
  yield* forEach(links, 2, (link) => {
    arriving.set(endOf(link), (arriving.get(endOf(link)) ?? 0) + 1);
    const others = leaving.get(beginOf(link));
    if (others) others.push(link);
    else leaving.set(beginOf(link), [link]);
  });
  const gone = new Set<T>();
  const ends = [...leaving.keys()].filter((name) => !arriving.has(name));
  for (let name = ends.pop(); name !== undefined; name = ends.pop()) {
    yield* forEach(leaving.get(name) ?? [], 2, (link) => {
      gone.add(link);
      const left = (arriving.get(endOf(link)) ?? 0) - 1;
      arriving.set(endOf(link), left);
      if (left === 0) ends.push(endOf(link));
    });
  }
  return links.filter((link) => !gone.has(link));
}
