/** Runs a tool to its end. @throws Problem with the last lines it printed */
export function runTool(command: readonly string[], options?: { readonly cwd?: string }): Promise<string>
