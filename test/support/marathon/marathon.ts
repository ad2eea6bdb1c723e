import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import { afterRealTime } from "../../../src/rehearsal/master/live-state.js";
import type { After } from "../../../src/rehearsal/master/options.js";
import type { MarathonFault, RehearsalMarathonOptions } from "./options.js";
import { appView, mesosName, type OwnApp, type OwnTask, podView, taskView } from "./view.js";

/** One moment in the life of an app: every change is kept, so that nothing that lasts less than a second is missed. */
interface Sample {
  readonly atMs: number;
  readonly healthy: number;
  readonly running: number;
}

/** What was asked of `POST /v2/tasks/delete`. */
interface KillCall {
  readonly atMs: number;
  readonly ids: readonly string[];
  readonly scale: boolean;
  readonly wipe: boolean;
}

/**
 * Starts a stand-in for Marathon, made from its documented API and what its sources do with a kill. Its tasks are those of
 * one framework of a rehearsal master. Rejects if the port cannot be had.
 */
export async function startRehearsalMarathon(options: RehearsalMarathonOptions): Promise<RehearsalMarathon> {
  const marathon = new RehearsalMarathon(options);
  await marathon.start();
  return marathon;
}

export class RehearsalMarathon {
  private readonly apps = new Map<string, OwnApp>();
  private readonly pods: readonly string[];
  private tasks: readonly OwnTask[] = [];
  private readonly timers = new Set<() => void>();
  private readonly samples = new Map<string, Sample[]>();
  private readonly killCalls: KillCall[] = [];
  private readonly unwatch: () => void;
  private fault: { readonly on: "looks" | "kills"; readonly what: MarathonFault } | null = null;
  private looked = 0;
  private server: Server | null = null;
  private port = 0;
  private readonly clock: () => number;
  private readonly later: After;
  private readonly framework: string;

  constructor(private readonly options: RehearsalMarathonOptions) {
    const { master, framework = "marathon", apps, pods = [] } = options;
    this.clock = options.clock ?? Date.now;
    this.later = options.after ?? afterRealTime;
    this.framework = framework;
    this.pods = pods;
    for (const spec of apps) {
      const tasks = this.ofMaster(mesosName(spec.id)).map(
        (task): OwnTask => ({
          ...task,
          app: spec.id,
          state: "TASK_RUNNING",
          healthy: true,
          stagedMs: this.clock(),
        }),
      );
      this.tasks = [...this.tasks, ...tasks];
      this.apps.set(spec.id, { spec, instances: spec.instances ?? tasks.length, isLocked: false });
      this.samples.set(spec.id, []);
    }
    this.sample();
    this.unwatch = master.watch(() => this.follow());
  }

  /** Such as `http://127.0.0.1:41235`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Brings it back on the same port. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) =>
        json(response, 500, { message: String(error) }),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Takes its API away; the apps go on. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async close(): Promise<void> {
    this.unwatch();
    for (const takeBack of this.timers) takeBack();
    await this.stop();
  }

  /** Everything that became of an app, oldest first. */
  history(app: string): readonly Sample[] {
    return this.samples.get(app) ?? [];
  }

  kills(): readonly KillCall[] {
    return this.killCalls;
  }

  /** How often its apps were read. */
  looks(): number {
    return this.looked;
  }

  tasksOf(app: string): readonly OwnTask[] {
    return this.tasks.filter((task) => task.app === app);
  }

  /** A deployment begins, or ends: meanwhile the app is locked, and kills are dropped. */
  setLocked(app: string, isLocked: boolean): void {
    this.change(app, { isLocked });
  }

  scaleTo(app: string, instances: number): void {
    this.change(app, { instances });
  }

  /** A healthy task more, on this machine. Returns its id. */
  startTask(app: string, host: string): string {
    const { master } = this.options;
    const id = master.launchTask(this.framework, host, mesosName(app));
    const agentId = this.ofMaster(mesosName(app)).find((task) => task.id === id)?.agentId ?? host;
    const started = { id, app, host, agentId, state: "TASK_RUNNING", healthy: true } as const;
    this.tasks = [...this.tasks, { ...started, stagedMs: this.clock() }];
    this.sample();
    return id;
  }

  setHealth(task: string, healthy: boolean | null): void {
    this.tasks = this.tasks.map((one) => (one.id === task ? { ...one, healthy } : one));
    this.sample();
  }

  /** What goes wrong with all requests of this kind from now on; `null`: nothing any more. */
  setFault(on: "looks" | "kills", what: MarathonFault | null): void {
    this.fault = what === null ? null : { on, what };
  }

  private change(app: string, change: Partial<OwnApp>): void {
    const own = this.apps.get(app);
    if (own === undefined) throw new Error(`There is no app ${app} in this rehearsal.`);
    this.apps.set(app, { ...own, ...change });
  }

  private ofMaster(name: string): { id: string; host: string; agentId: string }[] {
    const { tasks, agents } = this.options.master.state();
    const idOf = new Map(agents.map(({ hostname, id }) => [hostname, id]));
    return tasks
      .filter((task) => task.framework === this.framework && task.name === name)
      .map(({ id, host }) => ({ id, host, agentId: idOf.get(host) ?? host }));
  }

  /** Tasks that the master has no more are gone, whoever ended them; another is staged in the place of each. */
  private follow(): void {
    const alive = new Set(this.options.master.state().tasks.map(({ id }) => id));
    const gone = this.tasks.filter(({ id }) => !alive.has(id));
    if (gone.length === 0) return;
    this.tasks = this.tasks.filter(({ id }) => alive.has(id));
    this.sample();
    for (const task of gone) this.after(this.options.relaunchMs, 2_000, () => this.relaunch(task));
  }

  private relaunch(gone: OwnTask): void {
    const own = this.apps.get(gone.app);
    if (own === undefined || this.tasksOf(gone.app).length >= own.instances) return;
    const { master, ignoresWindows = false } = this.options;
    const { agents, modes, tasks } = master.state();
    const able = agents.filter(({ presence, deactivated }) => presence === "registered" && !deactivated);
    const stays = own.spec.resident === true || ignoresWindows;
    const load = (host: string) => tasks.filter((task) => task.host === host).length;
    const others = able
      .filter(({ hostname, ip }) => (modes.get(machineKey({ hostname, ip })) ?? "UP") === "UP")
      .sort((a, b) => load(a.hostname) - load(b.hostname));
    const agent = stays ? able.find(({ hostname }) => hostname === gone.host) : others[0];
    // It waits for an offer, which comes when a machine is back.
    if (agent === undefined) {
      this.after(1_000, 1_000, () => this.relaunch(gone));
      return;
    }
    const id = master.stageTask(this.framework, agent.hostname, mesosName(gone.app));
    const staged = { id, app: gone.app, host: agent.hostname, agentId: agent.id, healthy: null } as const;
    this.tasks = [...this.tasks, { ...staged, state: "TASK_STAGING", stagedMs: this.clock() }];
    this.sample();
    this.after(this.options.startMs, 1_000, () => {
      this.tasks = this.tasks.map((task) => (task.id === id ? { ...task, state: "TASK_RUNNING" } : task));
      master.runTask(id);
      this.sample();
      this.after(this.options.healthyMs, 3_000, () => this.setHealth(id, true));
    });
  }

  private kill(ids: readonly string[], scale: boolean): readonly OwnTask[] {
    const found = this.tasks.filter(({ id }) => ids.includes(id));
    for (const { app } of scale ? found : []) {
      this.change(app, { instances: Math.max(0, (this.apps.get(app)?.instances ?? 0) - 1) });
    }
    for (const { id, app } of found) {
      // What 1.5 to 1.11 do: the kill is dropped with a line in their log.
      if (this.apps.get(app)?.isLocked) continue;
      this.after(this.options.killMs, 1_000, () => this.options.master.killTask(id));
    }
    return found;
  }

  private sample(): void {
    for (const [app, { spec }] of this.apps) {
      const running = this.tasksOf(app).filter(({ state }) => state === "TASK_RUNNING");
      const healthy = spec.healthChecks === false ? running : running.filter((task) => task.healthy === true);
      this.samples.get(app)?.push({ atMs: this.clock(), healthy: healthy.length, running: running.length });
    }
  }

  private after(ms: number | null | undefined, otherwise: number, act: () => void): void {
    if (ms === null) return;
    const takeBack = this.later(ms ?? otherwise, () => {
      this.timers.delete(takeBack);
      act();
    });
    this.timers.add(takeBack);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://marathon");
    const isKill = request.method === "POST";
    const fault = this.fault?.on === (isKill ? "kills" : "looks") ? this.fault.what : null;
    if (fault?.kind === "hang") return;
    if (fault?.kind === "cut") return void request.socket.destroy();
    if (fault?.kind === "answer") {
      response.writeHead(fault.status, fault.location === undefined ? {} : { location: fault.location });
      return void response.end(fault.body);
    }
    const { authorization } = this.options;
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return json(response, 401, { message: "Invalid username or password." });
    if (isKill && pathname === "/v2/tasks/delete") {
      const { ids } = JSON.parse(await text(request)) as { ids: string[] };
      const scale = searchParams.get("scale") === "true";
      const wipe = searchParams.get("wipe") === "true";
      this.killCalls.push({ atMs: this.clock(), ids, scale, wipe });
      if (scale && wipe)
        return json(response, 400, { message: "You cannot use scale and wipe at the same time." });
      const tasks = this.kill(ids, scale).map((task) => taskView(task, false));
      if (fault?.kind === "lost") return void request.socket.destroy();
      return json(response, 200, { tasks });
    }
    if (pathname === "/v2/info") return json(response, 200, this.info());
    if (pathname === "/v2/apps") {
      this.looked += 1;
      return json(response, 200, { apps: [...this.apps.values()].map((app) => appView(app, this.tasks)) });
    }
    if (pathname === "/v2/pods::status") {
      const shown = this.pods.map((id) => {
        // The containers of an instance are tasks, whose ids begin with its own.
        return podView(id, this.ofMaster(mesosName(id)).length === 0 ? [] : [mesosName(id)]);
      });
      return json(response, 200, shown);
    }
    return json(response, 404, { message: `${pathname} does not exist` });
  }

  private info() {
    const { frameworks } = this.options.master.state();
    const frameworkId = frameworks.find(({ name }) => name === this.framework)?.id;
    const { version = "1.11.24" } = this.options;
    return { name: this.framework, version, frameworkId, elected: true, leader: "127.0.0.1:8080" };
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
