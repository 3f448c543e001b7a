import { startFor } from './running-system.ts'

type GlobalConfig = { readonly testPathPatterns: { readonly patterns: readonly string[] } }

export default (config: GlobalConfig): Promise<void> => startFor(config.testPathPatterns.patterns)
