import { type Endpoint, endpointOf } from "./endpoint.js";

/** Where the masters of a cluster are. */
export interface Masters {
  /**
   * Those to ask who leads.
   *
   * @throws MesosError with `sent: "no"` where nobody says where they are.
   */
  addresses(): Promise<readonly Endpoint[]>;
  /** None of those that were given last leads: looks whether there are others by now; whether it is worth asking again. */
  lookAgain(): Promise<boolean>;
  /** Whether all masters of the cluster are named: then a leader that is not among them is a mistake of the configuration. */
  readonly isWhole: boolean;
  /** Whether an address is that of a master of ours as of now, as far as is known: nothing is sent to any other. */
  includes(endpoint: Endpoint): boolean;
  close(): void;
}

/** Masters that were named one by one. */
export function listedMasters(urls: readonly string[]): Masters {
  const endpoints = urls.map((url) => endpointOf(new URL(url)));
  return {
    addresses: async () => endpoints,
    lookAgain: async () => false,
    isWhole: true,
    includes: (endpoint) => endpoints.some(({ origin }) => origin === endpoint.origin),
    close: () => undefined,
  };
}
