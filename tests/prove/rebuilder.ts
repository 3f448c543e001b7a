/** A runner that builds every read model once more from the beginning, beside the ones that serve. */
import { projectionSettings, start } from '@bizosaas/projections/runner/start.ts'
import { readSettings, runUnit } from '@bizosaas/runtime'
import { rebuilt } from './verdict/rebuild.ts'

await runUnit('rebuilder', () => start(readSettings(projectionSettings), undefined, rebuilt))
