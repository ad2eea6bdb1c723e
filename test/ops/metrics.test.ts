import { expect, test } from "vitest";
import { VERSION } from "../../src/base/version.js";
import { createMetrics } from "../../src/ops/metrics.js";

test("what is counted is in the text, with the process's own metrics", async () => {
  const metrics = createMetrics();
  metrics.commands.inc({ verb: "drain", outcome: "queued" });
  metrics.commandAckSeconds.observe(0.02);
  metrics.ticks.inc({ cluster: "prod", outcome: "changed" });
  metrics.tickSeconds.observe({ cluster: "prod" }, 0.2);
  metrics.masterCalls.inc({ cluster: "prod", call: "GET_AGENTS", outcome: "ok" });
  metrics.masterCallSeconds.observe({ call: "GET_AGENTS" }, 0.07);
  metrics.masterAnswerBytes.inc({ cluster: "prod", call: "GET_AGENTS" }, 4_096);
  metrics.keptDifferences.inc({ cluster: "prod" }, 2);
  metrics.placedSeconds.observe({ cluster: "prod" }, 0.3);
  metrics.cardSeconds.observe(0.4);
  metrics.slackCalls.inc({ method: "chat.update", outcome: "rate_limited" });
  metrics.laneStill.set({ lane: "query" }, 40);
  metrics.openMaintenances.set({ cluster: "prod", phase: "draining" }, 2);
  const text = await metrics.registry.metrics();
  for (const line of [
    'mesos_bot_commands_total{verb="drain",outcome="queued"} 1',
    'mesos_bot_command_ack_seconds_bucket{le="0.025"} 1',
    'mesos_bot_ticks_total{cluster="prod",outcome="changed"} 1',
    'mesos_bot_tick_seconds_count{cluster="prod"} 1',
    'mesos_bot_master_calls_total{cluster="prod",call="GET_AGENTS",outcome="ok"} 1',
    'mesos_bot_master_call_seconds_count{call="GET_AGENTS"} 1',
    'mesos_bot_slack_calls_total{method="chat.update",outcome="rate_limited"} 1',
    'mesos_bot_master_answer_bytes_total{cluster="prod",call="GET_AGENTS"} 4096',
    'mesos_bot_kept_differences_total{cluster="prod"} 2',
    'mesos_bot_placed_seconds_count{cluster="prod"} 1',
    'mesos_bot_card_seconds_bucket{le="0.5"} 1',
    'mesos_bot_lane_still_seconds{lane="query"} 40',
    'mesos_bot_open_maintenances{cluster="prod",phase="draining"} 2',
    `mesos_bot_info{version="${VERSION}"} 1`,
    "process_resident_memory_bytes ",
  ]) {
    expect(text).toContain(line);
  }
});

test("two sets of metrics in one process do not mix", async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.commandAckSeconds.observe(1);
  expect(await other.registry.metrics()).toContain("mesos_bot_command_ack_seconds_count 0");
});
