/** The beginning of a command that runs the user's npm. */
export function npm(node?: string): string[]
