import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { TestHost, User } from "../../fixtures/processes/hosts.ts";
import { fixture, makeFolder, nodeFor, removeFolders, startHost, users } from "../../fixtures/processes/hosts.ts";
import {
  childrenOf,
  isAlive,
  killSurvivors,
  newToken,
  survivors,
  survivorsAfter,
} from "../../fixtures/processes/survivors.ts";

const hosts: TestHost[] = [];
const tokens: string[] = [];

afterEach(async () => {
  for (const host of hosts.splice(0)) host.child.kill("SIGKILL");
  for (const token of tokens.splice(0)) await killSurvivors(token);
});
afterAll(removeFolders);

function makeToken(): string {
  const token = newToken();
  tokens.push(token);
  return token;
}

/** What hosts of this user in one state directory run. */
function requestsOf(user: User) {
  const cwd = makeFolder(user);
  const place = { activeDirectory: join(cwd, "active"), cwd, graceMs: 300 };
  const hostArgs = [fixture("host.ts", user)];
  return {
    activeDirectory: place.activeDirectory,
    tree: (token: string) => ({
      ...place,
      file: nodeFor(user),
      args: [fixture("nasty-tree.mjs", user), token, "stay"],
    }),
    shell: (script: string, ...args: string[]) => ({
      ...place,
      file: "sh",
      args: ["-c", script, nodeFor(user), ...hostArgs, ...args],
    }),
  };
}

function start(user: User, request: object, inner: Record<string, object | string>): TestHost {
  const env = Object.entries(inner).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const host = startHost(user, request, Object.fromEntries(env) as Record<string, string>);
  hosts.push(host);
  return host;
}

describe.each(users)("a run inside a run, as %s", (user) => {
  test("ends with the outer one, its host, its reaper and its records included", async () => {
    const { shell, tree, activeDirectory } = requestsOf(user);
    const token = makeToken();
    const outer = start(user, shell(`HOST_REQUEST="$INNER_TREE" exec $0 $1`), { INNER_TREE: tree(token) });
    const { said, agent } = (await outer.message("ready")) as { said: string; agent: number };
    expect(JSON.parse(said)).toMatchObject({ type: "ready", said: "ready 10", containment: { tier: "tag" } });
    const [reaper = 0] = childrenOf(agent, "reaper.");
    expect(isAlive(reaper)).toBe(true);

    outer.command("end");
    expect(await outer.message("ended")).toMatchObject({ remaining: [] });
    expect(survivors(token)).toEqual([]);
    expect([agent, reaper].filter(isAlive)).toEqual([]);
    outer.command("close");
    expect(await outer.exit).toBe(0);
    expect(await survivorsAfter(token)).toEqual([]);
    expect(readdirSync(activeDirectory)).toEqual([]);
  });

  test("ends by itself without touching the outer one or the run beside it", async () => {
    const { shell, tree } = requestsOf(user);
    const [outerToken, endedToken, besideToken] = [makeToken(), makeToken(), makeToken()];
    const script = `
      sleep $2 &
      HOST_REQUEST="$INNER_BESIDE" $0 $1 > "$INNER_OUTPUT" &
      until grep -q ready "$INNER_OUTPUT"; do sleep 0.05; done
      HOST_REQUEST="$INNER_ENDED" $0 $1 > /dev/null
      echo inner host over: $?
      wait`;
    const outer = start(
      user,
      { ...shell(script, outerToken), word: "inner host over:" },
      {
        INNER_OUTPUT: join(makeFolder(user), "output"),
        INNER_BESIDE: tree(besideToken),
        INNER_ENDED: { ...tree(endedToken), then: ["end", "close"] },
      },
    );
    expect(await outer.message("ready")).toMatchObject({ said: "inner host over: 0" });
    expect(survivors(endedToken)).toEqual([]);
    expect(survivors(outerToken).length).toBeGreaterThanOrEqual(1);
    expect(survivors(besideToken).length).toBeGreaterThanOrEqual(10);

    outer.command("end");
    expect(await outer.message("ended")).toMatchObject({ remaining: [] });
    for (const token of [outerToken, endedToken, besideToken]) expect(await survivorsAfter(token)).toEqual([]);
  });

  test("ends the runs inside of itself, and only these", async () => {
    const { shell, tree } = requestsOf(user);
    const [outerToken, innermostToken] = [makeToken(), makeToken()];
    const script = `sleep $2 & HOST_REQUEST="$INNER_MIDDLE" $0 $1 > /dev/null; echo middle host over: $?; wait`;
    const innermost = `HOST_REQUEST="$INNER_MOST" exec $0 $1`;
    const middle = { ...shell(innermost), then: ["end", "close"] };
    const outer = start(
      user,
      { ...shell(script, outerToken), word: "middle host over:" },
      {
        INNER_MIDDLE: middle,
        INNER_MOST: tree(innermostToken),
      },
    );
    expect(await outer.message("ready")).toMatchObject({ said: "middle host over: 0" });
    expect(survivors(innermostToken)).toEqual([]);
    expect(survivors(outerToken).length).toBeGreaterThanOrEqual(1);
    outer.command("end");
    await outer.message("ended");
    for (const token of [outerToken, innermostToken]) expect(await survivorsAfter(token)).toEqual([]);
  });
});
