/** The right that each write takes, as the masters' ACLs name it (Mesos: authorization.md). */
export const RIGHTS_TO_WRITE = {
  UPDATE_MAINTENANCE_SCHEDULE: "update_maintenance_schedules",
  START_MAINTENANCE: "start_maintenances",
  STOP_MAINTENANCE: "stop_maintenances",
  DRAIN_AGENT: "drain_agents",
  REACTIVATE_AGENT: "reactivate_agents",
} as const;
