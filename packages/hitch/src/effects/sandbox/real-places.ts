/** What is really at the places of a sandbox: links followed, and nothing that does not exist or is not meant. */
import { dirname } from "node:path";
import { isWithin, type Place } from "../../policy/sandbox.ts";
import { findReal, type Real } from "./real-path.ts";

/**
 * The places by their real paths. A link to one that is shown is shown too if it lies where all is hidden, so that its name
 * goes on to be good for something.
 *
 * Names can be made to lead elsewhere by an agent of an earlier run. So what leads out of all directories that agents
 * write, through a link in one of them, is left out; and what is hidden by itself, or holds a home, is shown only to who
 * named it (`firm`).
 */
export function findRealPlaces(places: readonly Place[], homes: readonly string[]): readonly Place[] {
  const all = places.flatMap((place): Found[] => {
    const real = findReal(place.path);
    return real === undefined ? [] : [{ place, real }];
  });
  const named = all.filter(({ place }) => isWritten(place));
  // One that itself leads out is no place that agents write.
  const written = named.filter((found) => !leadsOut(found.real, realPaths(named, found)));
  const realHomes = homes.flatMap((home) => findReal(home)?.path ?? []);
  const hidden = new Set(all.filter(({ place }) => place.view === "hidden").map(({ real }) => real.path));
  const kept = all.filter((found) => {
    const { place, real } = found;
    // Without the root nothing is left that could be started.
    if (place.view === "hidden") return real.path !== "/";
    const isAside = hidden.has(real.path) || realHomes.some((home) => isWithin(home, real.path));
    if (!place.firm && isAside) return false;
    return !leadsOut(real, realPaths(written, found));
  });
  const real = kept.map(({ place, real: { path } }) => ({ ...place, path }));
  const links = kept.flatMap(({ place, real: { path: source } }) => {
    if (source === place.path || place.view === "hidden") return [];
    return viewsAround(place.path, real).includes("hidden") ? [{ ...place, source }] : [];
  });
  const pins = pinsOf(
    real,
    links.map(({ source }) => source),
  );
  return [...real, ...pins, ...links];
}

/**
 * What links of the user's lead to, and the directories between a place and a writable one that it lies in: as mounts of their
 * own they cannot be renamed, so that at a later attempt the names still lead to the same.
 */
function pinsOf(places: readonly Place[], targets: readonly string[]): readonly Place[] {
  const paths = new Set([...targets, ...[...targets, ...places.map(({ path }) => path)].flatMap(foldersAbove)]);
  const isWritable = (path: string): boolean => {
    const views = viewsAround(path, places);
    return views.includes("write") && !views.includes("sealed");
  };
  return [...paths].filter(isWritable).map((path) => ({ path, view: "write" }));
}

/** Of the nearest places that a path lies in, its own aside. */
function viewsAround(path: string, places: readonly Place[]): readonly Place["view"][] {
  const around = places.filter((place) => place.path !== path && isWithin(path, place.path));
  const nearest = Math.max(0, ...around.map((place) => place.path.length));
  return around.filter((place) => place.path.length === nearest).map(({ view }) => view);
}

function foldersAbove(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

interface Found {
  readonly place: Place;
  readonly real: Real;
}

/** By this run or by another one. */
function isWritten({ view, firm }: Place): boolean {
  return view === "write" || (view === "read" && firm === true);
}

/** Those of other places: what leads to a place does not lie in it. */
function realPaths(written: readonly Found[], { place }: Found): readonly string[] {
  return written.filter((other) => other.place.path !== place.path).map(({ real }) => real.path);
}

/** Whether a link in one of the directories leads out of all of them. */
export function leadsOut({ path, links }: Real, directories: readonly string[]): boolean {
  const isInside = (file: string): boolean => directories.some((directory) => isWithin(file, directory));
  return links.some(isInside) && !isInside(path);
}
