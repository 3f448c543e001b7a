import type { Bug } from '../bug.ts'
import { accessBugs } from './access.ts'
import { commandBugs } from './commands.ts'
import { gatewayBugs } from './gateway.ts'
import { projectionBugs } from './projections.ts'
import { queryBugs } from './queries.ts'
import { relayBugs } from './relay.ts'
import { signInBugs } from './sign-in.ts'

export const bugs: readonly Bug[] = [
  ...commandBugs,
  ...relayBugs,
  ...projectionBugs,
  ...queryBugs,
  ...gatewayBugs,
  ...accessBugs,
  ...signInBugs,
]
