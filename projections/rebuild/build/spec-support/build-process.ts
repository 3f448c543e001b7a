/** A rebuild worker for one model, as a process of its own that can be killed: `node build-process.ts <model> <config as JSON>`. */
import { nameList } from '../../../runner/spec-support/name-list.ts'
import { start } from '../start.ts'

const [name = '', config = '{}'] = process.argv.slice(2)
await start(JSON.parse(config), [nameList(name)])
