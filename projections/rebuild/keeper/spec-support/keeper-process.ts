/** Keeps workers of a model, as a process of its own that can be killed: `node keeper-process.ts <model> <program>`. */
import { connectPostgres } from '@bizosaas/databases'
import { nameList } from '../../../runner/spec-support/name-list.ts'
import { keepWorkers } from '../keep-workers.ts'

const [model = '', program = ''] = process.argv.slice(2)
const { POSTGRES_PROJECTOR_URL: url = '' } = process.env
const postgres = connectPostgres(url, { name: 'keeper spec', connections: 6, statementTimeoutMs: 20_000 })
const stop = keepWorkers(postgres, [nameList(model)], { program: new URL(program), env: process.env })
process.on('SIGTERM', async () => {
  await stop()
  await postgres.close()
  process.exit(0)
})
