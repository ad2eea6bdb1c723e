/**
 * What went wrong at ZooKeeper. `away`: the server cannot be reached, or is silent. `no_node`, `no_auth`: its answer to a call.
 * `refused`: it does not take what we logged in with. `not_zookeeper`: something else answers at the port.
 */
export type ZooKeeperCode = "away" | "no_node" | "no_auth" | "refused" | "not_zookeeper" | "failed";

/** A session or a call that failed. The message names the server and no secret. */
export class ZooKeeperError extends Error {
  override readonly name = "ZooKeeperError";
  readonly code: ZooKeeperCode;

  constructor(code: ZooKeeperCode, server: string, what: string) {
    super(`ZooKeeper at ${server}: ${what}`);
    this.code = code;
  }
}
