import type { MaySend } from "../../../base/write-connection.js";
import type { World } from "../../../maintenance/cluster/world.js";
import type { Trouble } from "../../../maintenance/record/record.js";
import { troubleOf } from "../../../maintenance/record/troubles.js";
import type { ScheduleEdit } from "../../../maintenance/window/edit.js";
import { MarathonError } from "../../../marathon/errors.js";
import { MesosError } from "../../../mesos/errors/errors.js";
import type { Cluster } from "../../cluster/cluster.js";
import { isUnsettledCall } from "../../lanes/troubles.js";
import type { Proof } from "../../store/owned.js";

/** What became of a call. */
export type Outcome =
  | { readonly kind: "accepted" }
  /** `none`: it may have been carried out all the same. */
  | { readonly kind: "refused" | "none"; readonly error: unknown }
  /** `trouble` says why; `null` where looking again is all there is to do. */
  | { readonly kind: "not_sent"; readonly trouble: Omit<Trouble, "sinceMs"> | null };

/** How a master took a call that was made. */
export type Answer = Exclude<Outcome, { kind: "not_sent" }>;

export const LOOK_AGAIN = { kind: "not_sent", trouble: null } as const;

/** What it takes to carry out an effect. */
export interface Scene {
  /** What the effect was decided on. */
  readonly world: World;
  readonly cluster: Cluster;
  /** That nobody else is doing the same. */
  readonly proof: Proof;
  /** Edits of other maintenances that go into the same post. */
  readonly beside: readonly ScheduleEdit[];
}

/**
 * The one place where something is sent. What was decided on another leader's view, or on an old one, is not, and
 * neither is what somebody else may have gone on with since the proof (invariants 2, 8, 13). Connecting takes seconds
 * where the network is slow, so the proof is looked at once more when the connection stands.
 */
export async function send(scene: Scene, call: (maySend: MaySend) => Promise<void>): Promise<Outcome> {
  const { world, cluster, proof } = scene;
  if (cluster.master.leader() !== world.leader) return LOOK_AGAIN;
  const ageMs = cluster.ageMs(world);
  if (ageMs > OLDEST_VIEW_MS) {
    const seconds = String(Math.round(ageMs / 1_000));
    return { kind: "not_sent", trouble: troubleOf("view_too_old", { seconds }) };
  }
  if (!proof.holds()) return proofTooOld();
  try {
    await call(() => proof.holds());
    return { kind: "accepted" };
  } catch (error) {
    if (error instanceof MesosError && error.code === "withdrawn") return proofTooOld();
    if (error instanceof MarathonError && error.code === "marathon_withdrawn") return proofTooOld();
    return { kind: isUnsettledCall(error) ? "none" : "refused", error };
  }
}

function proofTooOld(): Outcome {
  return { kind: "not_sent", trouble: troubleOf("proof_too_old", {}) };
}

/** What was decided on a view older than this is decided again instead (invariant 2). */
const OLDEST_VIEW_MS = 30_000;
