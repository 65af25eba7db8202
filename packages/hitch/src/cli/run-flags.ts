/** The options of `hitch run`, as data: what the parser knows and what the help shows. */

/** One option of the command line. */
export interface Flag {
  /** As the help shows it: `-m, --model <id>`. */
  readonly flags: string;
  readonly description: string;
  /** The library's name of the option, for error messages. */
  readonly option: string;
  /** May be given several times, and all count. */
  readonly repeatable?: true;
}

/** What the parser gives, by camel-cased name. Values are unchecked texts. */
export interface RunFlags {
  readonly file?: string;
  readonly provider?: readonly string[];
  readonly model?: string;
  readonly effort?: string;
  readonly executable?: string;
  readonly extraArg?: readonly string[];
  readonly cwd?: string;
  readonly workspace?: string;
  readonly addDir?: readonly string[];
  readonly attach?: readonly string[];
  readonly session?: string;
  readonly fork?: boolean;
  readonly systemPrompt?: string;
  readonly systemPromptFile?: string;
  readonly appendSystemPrompt?: string;
  readonly appendSystemPromptFile?: string;
  readonly permissions?: string;
  readonly sandbox?: boolean;
  readonly sandboxNetwork?: readonly string[];
  readonly sandboxWritable?: readonly string[];
  readonly isolation?: string;
  readonly mcpConfig?: string;
  readonly env?: readonly string[];
  readonly leftovers?: string;
  readonly timeout?: string;
  readonly startupTimeout?: string;
  readonly idleTimeout?: string;
  readonly maxUsd?: string;
  readonly maxTokens?: string;
  readonly maxTurns?: string;
  readonly retries?: string;
  readonly schema?: string;
  readonly outputRetries?: string;
  readonly lenient?: boolean;
  readonly json?: boolean;
  readonly raw?: boolean;
  readonly dryRun?: boolean;
  /** `false` with `--no-journal`. */
  readonly journal?: boolean;
}

/** The options by the heading under which the help shows them. */
export const runFlags: Readonly<Record<string, readonly Flag[]>> = {
  "Prompt:": [
    { flags: "--file <path>", option: "prompt", description: "read it from a file; - is stdin" },
    { flags: "--attach <file>", option: "attachments", repeatable: true, description: "a file or image for the agent" },
    { flags: "--session <id>", option: "session", description: "continue a session of this directory" },
    { flags: "--fork", option: "fork", description: "branch off that session instead" },
    { flags: "--system-prompt <text>", option: "systemPrompt", description: "replace the agent's system prompt" },
    { flags: "--system-prompt-file <path>", option: "systemPrompt", description: "the same, from a file" },
    { flags: "--append-system-prompt <text>", option: "systemPrompt", description: "add to the agent's system prompt" },
    { flags: "--append-system-prompt-file <path>", option: "systemPrompt", description: "the same, from a file" },
  ],
  "Agent:": [
    {
      flags: "-p, --provider <id>",
      option: "provider",
      repeatable: true,
      description: "which agent; id=model names its model too",
    },
    { flags: "-m, --model <id>", option: "model", description: "the agent's model" },
    { flags: "--effort <level>", option: "effort", description: "reasoning effort, in the agent's words" },
    {
      flags: "--executable <path>",
      option: "executable",
      description: "the agent's program, instead of the one on PATH",
    },
    {
      flags: "--extra-arg <arg>",
      option: "providerOptions",
      repeatable: true,
      description: "an argument for the agent, as it is",
    },
  ],
  "What it may do:": [
    { flags: "-C, --cwd <directory>", option: "cwd", description: "where it works (default: here)" },
    {
      flags: "--workspace <in-place|worktree>",
      option: "workspace",
      description: "there, or in a Git worktree of it (default: in-place)",
    },
    {
      flags: "--add-dir <directory>",
      option: "addDirs",
      repeatable: true,
      description: "a further directory it may use",
    },
    {
      flags: "--permissions <level>",
      option: "permissions",
      description: "read-only, workspace or unrestricted (default: workspace)",
    },
    {
      flags: "--sandbox",
      option: "sandbox",
      description: "have the system enforce that, and hide your home (Linux, bubblewrap)",
    },
    {
      flags: "--sandbox-network <name:port>",
      option: "sandbox.network",
      repeatable: true,
      description: "a sandbox that reaches only this, as api.openai.com:443",
    },
    {
      flags: "--sandbox-writable <directory>",
      option: "sandbox.writable",
      repeatable: true,
      description: "a sandbox that may write here too",
    },
    {
      flags: "--isolation <kind>",
      option: "isolation",
      description: "inherit: your configuration and login (default); clean: only what --env gives",
    },
    { flags: "--mcp-config <file>", option: "mcpServers", description: "MCP servers for the agent, from a JSON file" },
    {
      flags: "--env <name=value>",
      option: "env",
      repeatable: true,
      description: "a variable for the agent; a name alone takes it from here",
    },
    {
      flags: "--leftovers <end|keep>",
      option: "leftovers",
      description: "processes that outlive the agent (default: end)",
    },
  ],
  "Limits:": [
    {
      flags: "--timeout <time>",
      option: "timeouts.total",
      description: "for the whole run: 500ms, 30s, 5m, 1h, off (default: 30m)",
    },
    { flags: "--startup-timeout <time>", option: "timeouts.startup", description: "until the agent prints something" },
    { flags: "--idle-timeout <time>", option: "timeouts.idle", description: "of silence while no tool runs" },
    { flags: "--max-usd <amount>", option: "limits.usd", description: "what the run may cost, in US dollars" },
    { flags: "--max-tokens <count>", option: "limits.tokens", description: "tokens, those of its prompts included" },
    { flags: "--max-turns <count>", option: "limits.turns", description: "calls of the model" },
    {
      flags: "--retries <count>",
      option: "retries.transient",
      description: "new attempts after failures of the model's side",
    },
    {
      flags: "--output-retries <count>",
      option: "retries.output",
      description: "corrections of a value that does not fit the schema (default: 2)",
    },
    { flags: "--lenient", option: "lenient", description: "warn about what the agent cannot honour, and go on" },
  ],
  "Output:": [
    {
      flags: "--schema <file>",
      option: "schema",
      description: "a JSON Schema; stdout is then the value that fits it, as JSON",
    },
    { flags: "--json", option: "json", description: "events as JSON lines; the last is run-finish" },
    { flags: "--raw", option: "raw", description: "the agent's own lines too, as events" },
    { flags: "--no-journal", option: "journal", description: "keep no journal of the run" },
    {
      flags: "--dry-run",
      option: "dryRun",
      description: "show what would be run (with --json: one object), run nothing",
    },
  ],
};

/** `--add-dir <directory>` → `--add-dir`. */
export function longNameOf({ flags }: Flag): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
