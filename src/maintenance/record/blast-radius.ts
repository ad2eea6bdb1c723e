import { z } from "zod";

const amounts = z.object({ cpus: z.number(), memMb: z.number() });

/**
 * What goes away with some machines: shown before a drain is posted and again in the question, so that an approval is
 * given on the whole damage and not only on a number of tasks.
 */
export const blastRadius = z.object({
  tasks: z.number().int(),
  frameworks: z.array(
    z.object({
      name: z.string(),
      /** Several frameworks may have the same name. */
      frameworkId: z.string(),
      tasks: z.number().int(),
      apps: z.array(z.object({ name: z.string(), tasks: z.number().int() })),
    }),
  ),
  /** Apps all of whose running copies in the cluster are on the machines: gone until they are started elsewhere. */
  lastCopies: z.array(
    z.object({
      framework: z.string(),
      frameworkId: z.string(),
      app: z.string(),
      copies: z.number().int(),
    }),
  ),
  /** Data that cannot be reached while the machines are away. `machine` is a machine key. */
  volumes: z.array(z.object({ id: z.string(), role: z.string(), sizeMb: z.number(), machine: z.string() })),
  /** Dynamic reservations that cannot be used meanwhile. */
  reservations: z.array(z.object({ role: z.string(), machine: z.string() }).extend(amounts.shape)),
  /** Racks, zones and the like all of whose agents are among the machines. */
  emptied: z.array(z.object({ kind: z.string(), name: z.string(), agents: z.number().int() })),
  /** Whether what runs on the machines would fit on the agents that stay, for all roles together and for each. */
  capacity: z.object({
    fits: z.boolean(),
    needs: amounts,
    free: amounts,
    roles: z.array(z.object({ role: z.string(), fits: z.boolean(), needs: amounts, free: amounts })),
  }),
});

export type BlastRadius = z.output<typeof blastRadius>;
