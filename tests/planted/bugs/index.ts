import type { Bug } from '../bug.ts'
import { commandBugs } from './commands.ts'
import { projectionBugs } from './projections.ts'
import { queryBugs } from './queries.ts'
import { relayBugs } from './relay.ts'

export const bugs: readonly Bug[] = [...commandBugs, ...relayBugs, ...projectionBugs, ...queryBugs]
