/** The worker thread that the engine runs on: one call that returns when the engine ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { DataType, isNullPointer, load, open } from 'ffi-rs'

const { libchdb, args } = workerData as { libchdb: string; args: string[] }

open({ library: 'chdb', path: libchdb })
const result = load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
})
const error = load({
  library: 'chdb',
  funcName: 'chdb_result_error',
  retType: DataType.External,
  paramsType: [DataType.External],
  paramsValue: [result],
})
const message: string | null = isNullPointer(error)
  ? null
  : load({
      library: 'chdb',
      funcName: 'chdb_result_error',
      retType: DataType.String,
      paramsType: [DataType.External],
      paramsValue: [result],
    })
parentPort?.postMessage(message)
