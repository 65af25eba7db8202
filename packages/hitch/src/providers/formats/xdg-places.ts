import type { KeptPlace } from "../../provider.ts";

/** What a program of this name keeps where the XDG variables say. */
export function xdgPlaces(below: string): readonly KeptPlace[] {
  return [
    { env: "XDG_DATA_HOME", user: "~/.local/share", below },
    { env: "XDG_STATE_HOME", user: "~/.local/state", below },
    { env: "XDG_CACHE_HOME", user: "~/.cache", below },
    { env: "XDG_CONFIG_HOME", user: "~/.config", below },
  ];
}
