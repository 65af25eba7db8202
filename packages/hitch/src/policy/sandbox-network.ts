/** The addresses that an agent in a closed network reaches: each has a stand-in on the loopback device of its sandbox. */

/** What may be reached: a name, or an address of the loopback device. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where an endpoint is found in the sandbox. */
export interface StandIn extends Endpoint {
  readonly address: string;
}

/** Reads `name:port`; `undefined` if it is none. Other addresses than 127.x.x.x cannot stand in for themselves. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, host = "", digits = ""] = /^([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const isAddress = /^[\d.]+$/.test(host);
  if (host === "" || port < 1 || port > 65_535 || (isAddress && !isLoopback(host))) return undefined;
  return { host: host.toLowerCase(), port };
}

/** Gives each name an address of its own, so that two may have the same port. What is named twice counts once. */
export function placeEndpoints(endpoints: readonly Endpoint[]): readonly StandIn[] {
  const names = [...new Set(endpoints.map(({ host }) => host).filter((host) => addressOf(host) === undefined))];
  const placed = endpoints.map(({ host, port }): [string, StandIn] => {
    const index = names.indexOf(host) + 1;
    const address = addressOf(host) ?? `127.9.${index >> 8}.${index & 255}`;
    return [`${address}:${port}`, { host, port, address }];
  });
  return [...new Map(placed).values()];
}

/** `/etc/hosts` of the sandbox. */
export function hostsFile(standIns: readonly StandIn[]): string {
  const lines = standIns
    .filter(({ host, address }) => host !== address)
    .map(({ host, address }) => `${address} ${host}`);
  return [...new Set(["127.0.0.1 localhost", ...lines])].map((line) => `${line}\n`).join("");
}

/** Those below are for root, or for who has the right to them. */
export function needsLowPort(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ port }) => port < 1024);
}

function addressOf(host: string): string | undefined {
  if (host === "localhost") return "127.0.0.1";
  return isLoopback(host) ? host : undefined;
}

function isLoopback(host: string): boolean {
  return /^127(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(host);
}
