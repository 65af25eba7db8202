/** The URL of the module that exports the agents that speak the Agent Client Protocol, each as a provider of its own. */
export const acpModule = new URL("../../../src/providers/acp.ts", import.meta.url).href;
