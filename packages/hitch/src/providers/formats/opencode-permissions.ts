/**
 * Permission levels as rules of OpenCode (1.18.33), none of which asks.
 *
 * The last rule that matches wins. A key that the user's configuration also has would keep its place in the order, and
 * so come before later rules of theirs. Hence every key here ends in ` *`, which matches the bare name too and which
 * nobody else writes: our rules stand together, in this order, behind all others.
 */
import type { PermissionLevel } from "../../vocabulary/result.ts";

type Action = "allow" | "deny";
type Rules = Readonly<Record<string, Action | Readonly<Record<string, Action>>>>;

/**
 * The rules of a level. `addDirs` are absolute. All tools of `servers` may be used; so may those of a server of the
 * user's own whose name begins with such a name and `_`, since a rule cannot tell them apart.
 */
export function permissionRules(level: PermissionLevel, addDirs: readonly string[], servers: readonly string[]): Rules {
  const { "*": others, ...named } = rulesByLevel[level];
  const rules: Rules = {
    ...(others && { "*": others }),
    // Before all others: a server may be called `external`, as in `external_directory`.
    ...Object.fromEntries(servers.map((name) => [`${name}_*`, "allow"])),
    ...named,
    ...(level !== "unrestricted" && outside(addDirs)),
    ...interactive,
  };
  return Object.fromEntries(Object.entries(rules).map(([tool, rule]) => [`${tool} *`, rule]));
}

/** OpenCode asks before it reads these, and nobody could answer. */
const secrets = { "*.env": "deny", "*.env.*": "deny", "*.env.example": "allow" } as const;

const rulesByLevel: Readonly<Record<PermissionLevel, Rules>> = {
  // By name, because tools of the user's MCP servers and of the repository may do anything. No network either.
  "read-only": {
    "*": "deny",
    read: { "*": "allow", ...secrets },
    grep: "allow",
    glob: "allow",
    list: "allow",
    lsp: "allow",
    skill: "allow",
    todowrite: "allow",
    // Tells the model that a tool it called is not there.
    invalid: "allow",
    // Subagents of the user's could have permissions of their own, and those would come last.
    task: { "*": "deny", general: "allow", explore: "allow" },
  },
  // What the user's configuration denies stays denied; what it would ask about is allowed by `--auto`.
  workspace: { read: secrets },
  unrestricted: { "*": "allow" },
};

function outside(addDirs: readonly string[]): Rules {
  const allowed = addDirs.map((directory) => [`${directory.replace(/\/$/, "")}/*`, "allow"] as const);
  return { external_directory: { "*": "deny", ...Object.fromEntries(allowed) } };
}

/** Tools that wait for somebody, and OpenCode's question whether a repeated call may go on. */
const interactive: Rules = { question: "deny", plan_enter: "deny", plan_exit: "deny", doom_loop: "deny" };
