#!/usr/bin/env bash
# A drain of one machine as one writes it in a quarter of an hour: who is it, what runs there, what stands in the schedule, add a
# window, post, read back. Usage: drain-by-hand.sh MASTER HOST HOURS
set -euo pipefail
master=$1 host=$2 hours=$3

call() { curl -sSf -H 'Content-Type: application/json' -H 'Accept: application/json' --data-binary @- "$master/api/v1"; }

agents=$(echo '{"type":"GET_AGENTS"}' | call)
agent=$(jq -ce --arg host "$host" '.get_agents.agents[] | select(.agent_info.hostname == $host)' <<<"$agents")
id=$(jq -r '.agent_info.id.value' <<<"$agent")
ip=$(jq -r '.pid | sub(".*@"; "") | sub(":.*"; "")' <<<"$agent")

tasks=$(echo '{"type":"GET_TASKS"}' | call | jq --arg id "$id" '[.get_tasks.tasks[] | select(.agent_id.value == $id)] | length')

start=$(date +%s%N)
schedule=$(echo '{"type":"GET_MAINTENANCE_SCHEDULE"}' | call | jq -c '.get_maintenance_schedule.schedule')
jq -c --arg host "$host" --arg ip "$ip" --argjson start "$start" --argjson hours "$hours" '
  {type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: {schedule: {windows: ((.windows // []) + [{
    machine_ids: [{hostname: $host, ip: $ip}],
    unavailability: {start: {nanoseconds: $start}, duration: {nanoseconds: ($hours * 3600000000000)}}
  }])}}}' <<<"$schedule" | call
echo '{"type":"GET_MAINTENANCE_SCHEDULE"}' | call | jq -e --arg host "$host" \
  '[.get_maintenance_schedule.schedule.windows[].machine_ids[].hostname] | index($host)' >/dev/null
echo "$host ($ip) drains; $tasks tasks run there"
