/** Where Slack takes answers to commands and clicks, and where GovSlack does. */
const HOSTS: readonly string[] = ["hooks.slack.com", "hooks.slack-gov.com"];

/**
 * Whether an answer may be posted to this address: Slack's own hosts over TLS, or the host that `SLACK_API_URL` names, in the
 * same way. What Slack sent was signed, but whoever has the secret could have us post wherever this machine reaches.
 *
 * @param apiUrl of `SLACK_API_URL`; `null` for Slack's own.
 */
export function isResponseUrl(url: string, apiUrl: string | null): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  if (protocol === "https:" && HOSTS.includes(host)) return true;
  if (apiUrl === null) return false;
  const api = new URL(apiUrl);
  return host === api.host && protocol === api.protocol;
}
