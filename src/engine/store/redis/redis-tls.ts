import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

/**
 * How TLS to Redis is spoken. Node checks the certificate against the host that is connected to, whichever it is; a server
 * name would stand in for it at every host, so only where there is one host it is told, for proxies that choose by it. An IP
 * is no server name (RFC 6066).
 *
 * @param host where there is only one.
 */
export function tlsOptions(ca: string | null, host: string | null): ConnectionOptions {
  return {
    ...(ca === null ? {} : { ca }),
    ...(host === null || isIP(host) !== 0 ? {} : { servername: host }),
  };
}

interface CertificateTrouble {
  /** Codes of Node and OpenSSL. */
  readonly codes: readonly string[];
  /** Goes on from "The certificate of Redis at <address>". */
  readonly what: string;
  readonly next: string;
}

/** Why a certificate is not accepted: what to do next. */
export const CERTIFICATE_TROUBLES: readonly CertificateTrouble[] = [
  {
    codes: ["CERT_HAS_EXPIRED"],
    what: "has expired",
    next: "Renew it there; if it is new, look at the clock of this machine.",
  },
  {
    codes: ["CERT_NOT_YET_VALID"],
    what: "is not valid yet",
    next: "Look at the clock of this machine, and from when the certificate is valid.",
  },
  {
    codes: ["DEPTH_ZERO_SELF_SIGNED_CERT"],
    what: "is self-signed, and nothing here says that it can be trusted",
    next: "Name its PEM file in REDIS_CA_FILE, or have it signed by an authority and name the PEM file of that.",
  },
  {
    codes: [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_GET_ISSUER_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    what: "is signed by an authority that is not known here",
    next: "Name the authority's PEM file in REDIS_CA_FILE; if one is named, it is not the one that signed this certificate.",
  },
  {
    codes: ["ERR_TLS_CERT_ALTNAME_INVALID"],
    what: "is for other names",
    next: "Give the certificate this name or IP (subjectAltName), or let the bot come by a name that it has: in REDIS_URL, by `sentinel announce-hostnames`, by `cluster-announce-hostname` with `cluster-preferred-endpoint-type hostname`.",
  },
];

/** What is the matter with a certificate by the code with which it was refused. */
export function certificateTrouble(code: string): Pick<CertificateTrouble, "what" | "next"> {
  const known = CERTIFICATE_TROUBLES.find(({ codes }) => codes.includes(code));
  return known ?? { what: "is not accepted", next: "Look at the certificate, or have a new one made." };
}
