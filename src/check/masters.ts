// Does each cluster have a leading master, and may the bot do there what it has to?

import type { ClusterConfig, Config } from "../config/config.js";
import { versionAdvice } from "../maintenance/cluster/version-advice.js";
import type { World } from "../maintenance/cluster/world.js";
import { sightOf, whyFiltered } from "../maintenance/sight/sight.js";
import { counted, list } from "../maintenance/text/list.js";
import { type AskedMaster, askEachMaster } from "../mesos/each-master.js";
import { MesosError } from "../mesos/errors/errors.js";
import { createMaster } from "../mesos/master.js";
import { RIGHTS_TO_WRITE } from "../mesos/rights.js";
import { type Finding, mend, note, ok, unknown } from "./finding.js";

/** How it goes on after something was mended. */
const GO_ON = "the bot goes on by itself";

/** A bot never calls a master. */
export async function lookAtMasters({ role, clusters }: Config): Promise<readonly Finding[]> {
  if (role === "bot") return [];
  return (await Promise.all(clusters.map(lookAtCluster))).flat();
}

async function lookAtCluster(cluster: ClusterConfig): Promise<readonly Finding[]> {
  const { name, masters, credentials, ca } = cluster;
  const [asked, led] = await Promise.all([
    askEachMaster({ cluster: name, masters, credentials, ca }),
    lookAtLeader(cluster),
  ]);
  const each = asked.map((master) => aboutMaster(name, master));
  // One master that says why there is no leader need not be told twice.
  const told = new Set(each.map(({ found }) => found));
  return [...each, ...led.filter(({ found }) => !told.has(found))];
}

function aboutMaster(cluster: string, { name, answer }: AskedMaster): Finding {
  const about = `${cluster}: master ${name}`;
  switch (answer.kind) {
    case "leads":
      return ok(about, `It leads, Mesos ${answer.leader.version}.`);
    case "redirects":
      return ok(
        about,
        `It answers; the leader is ${answer.target?.name ?? "at an address that cannot be read"}.`,
      );
    case "fails":
      return failed(about, answer.error);
  }
}

function failed(about: string, error: MesosError): Finding {
  const said = error.said === null ? "" : ` It said: ${error.said}`;
  return mend(about, `${error.what}${said}`, error.nextFor(GO_ON));
}

async function lookAtLeader(cluster: ClusterConfig): Promise<readonly Finding[]> {
  const { name, masters, zooKeeper, credentials, ca } = cluster;
  const about = `${name}: leader`;
  const master = createMaster({ cluster: name, masters, zooKeeper, credentials, ca });
  try {
    const world = await master.snapshot();
    return [
      ok(about, `${world.leader}, Mesos ${world.version}, ${shown(world)}.`),
      ...versionAdvice(world.version).map((advice) =>
        note(about, advice, "Upgrade the masters, or keep to this."),
      ),
      rightsToRead(name, world),
      rightsToWrite(cluster),
    ];
  } catch (error) {
    if (!(error instanceof MesosError)) throw error;
    return [failed(about, error)];
  } finally {
    await master.close();
  }
}

function shown({ agents, frameworks, schedule }: World): string {
  const windows = schedule.windows.length;
  return `${counted(agents.length, "agent")}, ${counted(frameworks.length, "framework")}, ${counted(windows, "window")}`;
}

/** A master hides what a principal may not see, without a word: what is seen is proved, what is not seen is not known. */
function rightsToRead(cluster: string, world: World): Finding {
  const about = `${cluster}: rights to read`;
  const sight = sightOf(world);
  const filtered = whyFiltered(sight, GO_ON);
  if (filtered !== null) return mend(about, filtered.what, filtered.next);
  const seesWindows = sight.kind === "windows";
  const rights = [
    { right: "get_maintenance_schedules", isSeen: seesWindows },
    { right: "get_maintenance_statuses", isSeen: seesWindows },
    { right: "view_frameworks", isSeen: world.frameworks.length > 0 },
    { right: "view_tasks", isSeen: world.tasks.length > 0 },
  ];
  const of = (isSeen: boolean) => rights.filter((one) => one.isSeen === isSeen).map(({ right }) => right);
  const [seen, unseen] = [of(true), of(false)];
  if (unseen.length === 0) return ok(about, `None is missing: ${list(seen)}.`);
  const proved = seen.length === 0 ? "" : `${list(seen)}: not missing. `;
  return unknown(
    about,
    `${proved}${list(unseen)}: not known, because the master shows nothing of the kind, as it does where there is nothing.`,
    "If the cluster has windows, frameworks and tasks, have these rights granted on ANY.",
  );
}

/** A master checks the rights to a write after everything else, so only a write that is carried out would prove them. */
function rightsToWrite({ name, credentials }: ClusterConfig): Finding {
  const who =
    credentials === null ? "whoever calls without a login" : `the principal ${credentials.principal}`;
  const { UPDATE_MAINTENANCE_SCHEDULE, START_MAINTENANCE, STOP_MAINTENANCE, ...kill } = RIGHTS_TO_WRITE;
  const always = list([UPDATE_MAINTENANCE_SCHEDULE, START_MAINTENANCE, STOP_MAINTENANCE]);
  return unknown(
    `${name}: rights to write`,
    "Not known: a master tells only when something is changed.",
    `See that its ACLs grant ${who} ${always}, and for /mesos kill-drain ${list(Object.values(kill))}.`,
  );
}
