/** What is really at the places of a sandbox: links followed, and nothing that does not exist. */
import { realpathSync } from "node:fs";
import { isWithin, type Place } from "../../policy/sandbox.ts";

/**
 * The places by their real paths. A link to one that is shown is shown too if it lies where all is hidden, so that its name
 * goes on to be good for something.
 */
export function findRealPlaces(places: readonly Place[]): readonly Place[] {
  const real = places.flatMap((place) => {
    const path = realPath(place.path);
    return path === undefined ? [] : [{ ...place, path }];
  });
  const hidden = real.filter(({ view }) => view === "hidden");
  const links = places.flatMap((place) => {
    const source = realPath(place.path);
    const { path, view } = place;
    if (source === undefined || source === path || view === "hidden") return [];
    return hidden.some((other) => isWithin(path, other.path)) ? [{ ...place, source }] : [];
  });
  return [...real, ...links];
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // Missing, or behind a door that is closed to this user: nothing to show or to hide.
  }
}
