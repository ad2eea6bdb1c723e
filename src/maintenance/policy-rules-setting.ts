/** Where a rule of a cluster is set, as its clusters file writes it: `clusters.prod.caps.out_of_service`. */
export function settingOf(cluster: string, key: string): string {
  return `clusters.${cluster}.${key}`;
}
