export function debianPackage(name: string, waitFor: (what: string) => void): Promise<string>
