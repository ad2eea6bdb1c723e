/** How a failure is recognised. `text`: the master's own words, `<…>` standing for what varies. */
export type When =
  | { readonly by: "text"; readonly text: string; readonly status: number }
  | { readonly by: "status"; readonly status: number | "other" }
  | { readonly by: "transport"; readonly errors: readonly (string | RegExp)[]; readonly sent: "no" | "maybe" }
  | { readonly by: "conclusion" };

/** One way in which talking to a master fails, in words for the person who waits for it. */
interface Row {
  readonly when: When;
  /** What happened, one sentence. `{master}`, `{cluster}`, `{machine}`, `{value}`, `{status}`, `{right}` are filled in. */
  readonly what: string;
  /** What to do next; `{goOn}` stands for how it goes on then for whoever reads it (`maintenance/text/go-on.ts`). */
  readonly next: string;
}

/** Next step where waiting is all there is to do. */
const WAITS = "{GoOn} when the master is back.";

/** Next step where the world is not as the call took it to be. */
const REFRESH = "{GoOn}; `/mesos status` shows how the master has it now.";

const REPORT = "This should not happen: report it with the log of this moment.";

const PROXY =
  "Check the proxy in front of the master, or configure the master's own address and restart the worker; {goOn} then.";

const text = (words: string, status = 400): When => ({ by: "text", text: words, status });

const status = (code: number | "other"): When => ({ by: "status", status: code });

/** Before a connection stood: the call cannot have reached the master. */
const before = (...errors: (string | RegExp)[]): When => ({ by: "transport", errors, sent: "no" });

/** After the call may have left: only the world tells whether it was carried out. */
const during = (...errors: (string | RegExp)[]): When => ({ by: "transport", errors, sent: "maybe" });

const conclusion: When = { by: "conclusion" };

/** Every way in which talking to a master fails, by a code of its own. The first row that fits counts. */
export const ERRORS = {
  // What masters say when they refuse a call: the texts of Mesos 1.12, exact. Longer texts stand before shorter ones.
  no_leader: {
    when: text("No leader elected", 503),
    what: "The masters of {cluster} have no leader at the moment.",
    next: WAITS,
  },
  not_recovered: {
    when: text("Master has not finished recovery", 503),
    what: "The leading master {master} is elected and has not finished recovery.",
    next: "{GoOn} when it has. If it lasts for minutes, check that a quorum of the masters runs.",
  },
  window_empty: {
    when: text("List of machines in the maintenance window is empty"),
    what: "The master refused a schedule with a window that names no machine.",
    next: REPORT,
  },
  negative_duration: {
    when: text("Unavailability 'duration' is negative"),
    what: "The master refused a window whose duration is negative.",
    next: "Cancel this maintenance and send the drain again with a duration such as 2h; if the window is someone else's, have its owner post it anew.",
  },
  machine_unnamed: {
    when: text("Both 'hostname' and 'ip' for a machine are empty"),
    what: "The master refused a machine that has neither a host name nor an IP.",
    next: REPORT,
  },
  bad_ip: {
    when: text("Failed to parse IPv4: <value>"),
    what: "The master takes IPv4 addresses only and cannot read {value} as one.",
    next: "Cancel this maintenance and send the drain again with the IPv4 address that the agent registers with; `/mesos hosts` shows it.",
  },
  machine_twice: {
    when: text("Machine '<machine>' appears more than once in the schedule"),
    what: "Machine {machine} would stand in the schedule twice, and the master allows a machine one window only.",
    next: REFRESH,
  },
  down_machine_left_out: {
    when: text("Machine '<machine>' is deactivated and cannot be removed from the schedule"),
    what: "Machine {machine} is Down, and a machine that is Down cannot be taken off the schedule.",
    next: "Bring it up first with `/mesos up`; that takes it off the schedule as well.",
  },
  no_machines: {
    when: text("List of machines is empty"),
    what: "The master refused a call that names no machine.",
    next: REPORT,
  },
  not_scheduled: {
    when: text("Machine '<machine>' is not part of a maintenance schedule"),
    what: "Machine {machine} stands in no maintenance window, so it can be taken neither down nor up.",
    next: "Somebody took its window away. The thread says what can be done once the master was looked at again.",
  },
  not_draining: {
    when: text("Machine '<machine>' is not in DRAINING mode and cannot be brought down"),
    what: "Machine {machine} is not draining, so it cannot be taken down: it is down already, or has no window.",
    next: REFRESH,
  },
  not_down: {
    when: text("Machine '<machine>' is not in DOWN mode and cannot be brought up"),
    what: "Machine {machine} is not down, so it cannot be brought up.",
    next: REFRESH,
  },
  agent_in_schedule: {
    when: text("Agent <agent> is part of a maintenance schedule under Machine <machine>"),
    what: "Agent {agent} on {machine} stands in a maintenance window, and a master drains no agent that does.",
    next: "Somebody put it into a window. The thread says what can be done once the master was looked at again.",
  },
  cannot_drain: {
    when: text("Agent <agent> is not capable of draining"),
    what: "Agent {agent} is too old to be drained by the master (agents before Mesos 1.9).",
    next: "Take the machines down without it: its tasks end then as well.",
  },
  being_marked_gone: {
    when: { by: "text", text: "Agent is currently being marked gone", status: 409 },
    what: "Somebody is marking the agent gone.",
    next: "Wait until the master has done so; {goOn} then.",
  },
  unknown_agent: {
    when: text("Unknown agent"),
    what: "The master knows no such agent: it is gone, or was away in that moment.",
    next: REFRESH,
  },
  still_draining: {
    when: text("Agent is still in the DRAINING state"),
    what: "The agent is still being drained, and a master takes that back for nobody.",
    next: "{GoOn} when it is drained.",
  },
  not_deactivated: {
    when: text("Agent is not deactivated"),
    what: "The agent takes tasks already, or the master does not know it.",
    next: REFRESH,
  },
  unreadable_call: {
    when: text("Failed to parse body"),
    what: "The master {master} could not read the call.",
    next: "If a proxy stands in between, check that it passes bodies on unchanged; {goOn} then.",
  },
  // Where the master says nothing that tells more: bare statuses, failures on the way, and what we conclude from several
  // answers. The most general ones come last.
  unauthorized: {
    when: status(401),
    what: "The master {master} does not accept the credentials of {cluster}.",
    next: "Check the principal and the secret in the configuration (then restart the worker) and the credentials file of the masters; {goOn} then.",
  },
  forbidden: {
    when: status(403),
    what: "The principal configured for {cluster} lacks the right to do this.",
    next: "Grant it {right} in the masters' ACLs; {goOn} then.",
  },
  not_a_master: {
    when: status(404),
    what: "The server at {master} does not know /api/v1: it is older than Mesos 1.0, or no Mesos master.",
    next: "Correct the addresses of the masters in the configuration and restart the worker; {goOn} then.",
  },
  method_refused: {
    when: status(405),
    what: "The server at {master} does not let calls to /api/v1 through.",
    next: PROXY,
  },
  no_protobuf_answer: {
    when: status(406),
    what: "The server at {master} does not answer in protobuf.",
    next: PROXY,
  },
  no_protobuf_call: {
    when: status(415),
    what: "The server at {master} does not take calls in protobuf.",
    next: PROXY,
  },
  too_many_calls: {
    when: status(429),
    what: "The server at {master} asks for fewer calls.",
    next: "{GoOn} later. If it lasts, raise the poll interval.",
  },
  unavailable: {
    when: status(503),
    what: "The server at {master} cannot answer at the moment.",
    next: WAITS,
  },
  refused: {
    when: status(400),
    what: "The master {master} refused the call.",
    next: REFRESH,
  },
  unexpected_status: {
    when: status("other"),
    what: "The server at {master} answered with status {status}, which a Mesos master does not.",
    next: "Look at the log of the master, and of a proxy in front of it; {goOn} when it answers again.",
  },
  name_unknown: {
    when: before("ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"),
    what: "The host name of the master {master} cannot be resolved.",
    next: "Check the DNS of the machine the worker runs on, or correct the name in the configuration and restart the worker; {goOn} then.",
  },
  connection_refused: {
    when: before("ECONNREFUSED"),
    what: "Nothing listens at {master}: the master is not running, or runs on another port.",
    next: "Start the master, or correct its address in the configuration and restart the worker; {goOn} then.",
  },
  no_route: {
    when: before("EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "EADDRNOTAVAIL", "EACCES", "EPERM"),
    what: "There is no way through the network to the master {master}.",
    next: "Check routes and firewalls between the worker and the master; {goOn} then.",
  },
  connect_timeout: {
    when: before("UND_ERR_CONNECT_TIMEOUT"),
    what: "The master {master} did not take a connection in time.",
    next: "Check that its machine is up and that no firewall drops the connection; {goOn} then.",
  },
  certificate_expired: {
    when: before("CERT_HAS_EXPIRED"),
    what: "The certificate of the master {master} has expired.",
    next: "Renew it there; if it is new, check the clock of the machine that the worker runs on; {goOn} then.",
  },
  certificate_not_yet_valid: {
    when: before("CERT_NOT_YET_VALID"),
    what: "The certificate of the master {master} is not valid yet.",
    next: "Check the clock of the machine that the worker runs on, and from when the certificate is valid; {goOn} then.",
  },
  certificate_self_signed: {
    when: before("DEPTH_ZERO_SELF_SIGNED_CERT"),
    what: "The certificate of the master {master} is self-signed, and nothing here says that it can be trusted.",
    next: "Name its PEM file, or that of an authority that signs it, in `tls.ca_file` of the clusters file and restart the worker; {goOn} then.",
  },
  certificate_unknown_authority: {
    when: before("SELF_SIGNED_CERT_IN_CHAIN", /^UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)/),
    what: "The certificate of the master {master} is signed by an authority that is not known here.",
    next: "Name the authority's PEM file in `tls.ca_file` of the clusters file and restart the worker; if one is named, it is not the one that signed this certificate; {goOn} then.",
  },
  certificate_other_name: {
    when: before("ERR_TLS_CERT_ALTNAME_INVALID"),
    what: "The certificate of the master {master} is for other names.",
    next: "Give the certificate this name or IP (subjectAltName), or write a name that it has into the configuration and restart the worker; {goOn} then.",
  },
  tls_not_spoken: {
    when: before(/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/),
    what: "What answers at {master} speaks no TLS, but its address begins with https.",
    next: "Turn TLS on there; or, only where nobody can listen, write http into the configuration and restart the worker; {goOn} then.",
  },
  tls_too_old: {
    when: before(/^ERR_SSL_.*(?:PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER)/),
    what: "The master {master} and the bot find no TLS that both speak.",
    next: "Let the master speak TLS 1.2 or newer (`LIBPROCESS_SSL_ENABLE_TLS_V1_2`), and ask for no certificate of the bot, which has none; {goOn} then.",
  },
  tls_cut: {
    when: before("TlsCut"),
    what: "The master {master} ended the connection before TLS stood.",
    next: "Look at the log of the master, and whether it asks for a certificate of the bot, which has none; {goOn} then.",
  },
  tls: {
    when: before(/CERT|UNABLE_TO_|^ERR_TLS_|^ERR_SSL_|^ERR_OSSL_|^EPROTO$/),
    what: "No trusted TLS connection to the master {master} could be made.",
    next: "Check the certificate of the master, the CA file in the configuration (then restart the worker), and whether the master speaks https; {goOn} then.",
  },
  headers_timeout: {
    when: during("UND_ERR_HEADERS_TIMEOUT"),
    what: "The master {master} took the call but did not answer in time.",
    next: "Check the load of the master; {goOn} when it answers in time.",
  },
  body_timeout: {
    when: during("UND_ERR_BODY_TIMEOUT", "TimeoutError"),
    what: "The master {master} began to answer and did not finish in time.",
    next: "Check the load of the master and the network; {goOn} when it answers in time.",
  },
  answer_too_large: {
    when: during("TooLargeError"),
    what: "What the master {master} answered is larger than any cluster needs; the rest was not read.",
    next: "Check that the address is that of a Mesos master, and what a proxy in front of it sends; {goOn} when its answers have an end.",
  },
  connection_lost: {
    when: during(
      "ECONNRESET",
      "ECONNABORTED",
      "EPIPE",
      "ETIMEDOUT",
      "UND_ERR_SOCKET",
      "UND_ERR_ABORTED",
      "AbortError",
      // The answer ended before its announced length, or within a line.
      "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
      "HPE_INVALID_EOF_STATE",
    ),
    what: "The connection to the master {master} broke before the answer was complete.",
    next: "{GoOn} when the master answers.",
  },
  not_http: {
    when: during("HTTPParserError", /^HPE_/, "UND_ERR_HEADERS_OVERFLOW"),
    what: "What answers at {master} does not speak HTTP as a Mesos master does.",
    next: "Correct the address in the configuration, http or https, and restart the worker; {goOn} then.",
  },
  client_closed: {
    when: before("UND_ERR_CLOSED", "UND_ERR_DESTROYED"),
    what: "The call was not made because the bot is shutting down.",
    next: "{GoOn} after the restart.",
  },
  withdrawn: {
    when: before("WithdrawnError"),
    what: "The connection to the master {master} took so long that the call was no longer to be made.",
    next: "{GoOn}: what is to be done is decided anew.",
  },
  transport_failed: {
    when: during(/(?:)/),
    what: "The call to the master {master} failed on its way.",
    next: "Look at the log for the cause; {goOn} when it is gone.",
  },
  leader_gone: {
    when: conclusion,
    what: "The other masters still name {master} as the leader, but it cannot be reached.",
    next: "{GoOn} when another is elected: if it has just failed, often within 10 s. If it runs, check the network to it.",
  },
  leader_elsewhere: {
    when: conclusion,
    what: "The masters of {cluster} name {value} as the leader, which is not among the configured masters.",
    next: "Add that master to the configuration and restart the worker; {goOn} then. Credentials are never sent to an address that is not listed.",
  },
  leader_unsettled: {
    when: conclusion,
    what: "The leader of {cluster} changed again and again while its state was read.",
    next: WAITS,
  },
  zookeeper_away: {
    when: conclusion,
    what: "ZooKeeper, which names the masters of {cluster}, does not answer, and no leader is known: {why}.",
    next: "{GoOn} when it answers. Check that its servers run and can be reached from the worker.",
  },
  zookeeper_unreadable: {
    when: conclusion,
    what: "ZooKeeper does not say who leads {cluster}: {why}.",
    next: "Correct the path and the login in `masters` and restart the worker, if they are wrong; {goOn} when it can be read.",
  },
  master_not_allowed: {
    when: conclusion,
    what: "ZooKeeper names {master} as the leader of {cluster}, which `masters_allowed` does not.",
    next: "If it is a master of yours, add it to masters_allowed and restart the worker; {goOn} then. If not, find out who wrote it into ZooKeeper. Nothing was sent to it.",
  },
  undecodable: {
    when: conclusion,
    what: "The answer of the master {master} cannot be understood.",
    next: "Check that the address is that of a Mesos master and that no proxy changes what it says; {goOn} then.",
  },
  heartbeat_missed: {
    when: conclusion,
    what: "The event stream of the master {master} fell silent.",
    next: "{GoOn}: the stream is opened again.",
  },
  stream_ended: {
    when: conclusion,
    what: "The master {master} ended its event stream.",
    next: "{GoOn}: the stream is opened again.",
  },
} as const satisfies Readonly<Record<string, Row>>;

/** Code of one row of the table of errors. */
export type ErrorCode = keyof typeof ERRORS;

export type ErrorRow = Row & { readonly code: ErrorCode };

/** The same as a list. */
export const ERROR_TABLE = Object.entries(ERRORS).map(
  ([code, row]): ErrorRow => ({ code: code as ErrorCode, ...row }),
);
