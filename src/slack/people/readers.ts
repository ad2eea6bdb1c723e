import { anybody, type Reader, unnamed } from "../../maintenance/text/reader.js";
import type { People } from "./people.js";

/** Whom a text is for. */
export interface Addressee {
  /** Slack user id. */
  readonly user: string;
  /** What they call the command. */
  readonly command: string;
}

/** Writes texts for those who read them: with the names of whom they speak of, in the reader's time zone. */
export interface Readers {
  /**
   * What Slack does not tell within 2 s is written as if nothing were known of it. Never throws.
   *
   * @param write is called twice: to learn whom the text names, and with their names.
   */
  write<T>(to: Addressee, write: (reader: Reader) => T): Promise<T>;
}

export function createReaders(people: People, now: () => number): Readers {
  async function nameOf(id: string): Promise<string | null> {
    return id.startsWith("S") ? await people.groupName(id) : ((await people.of(id))?.name ?? null);
  }

  return {
    async write({ user, command }, write) {
      const nobody = anybody(command, now());
      const ids = new Set<string>();
      const named = (id: string) => {
        ids.add(id);
        return unnamed(id);
      };
      write({ ...nobody, nameOf: named });
      const names = new Map<string, string>();
      const nameAll = [...ids].map(async (id) => names.set(id, (await nameOf(id)) ?? unnamed(id)));
      const [card] = await Promise.all([people.of(user), ...nameAll]);
      return write({
        ...nobody,
        zone: card?.timeZone ?? nobody.zone,
        nameOf: (id) => names.get(id) ?? unnamed(id),
      });
    },
  };
}

/** Where nobody is known: all times are UTC. */
export function anonymousReaders(now: () => number): Readers {
  return { write: async ({ command }, write) => write(anybody(command, now())) };
}
