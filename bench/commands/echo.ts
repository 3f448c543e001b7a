/** The limit that commands are held against: Express alone, which reads a JSON body and sends it back. */
import type { AddressInfo } from 'node:net'
import express from 'express'
import { serveTasks } from '../lib/worker.ts'

const app = express()
app.post(/.*/, express.json(), (request, response) => {
  response.status(201).json(request.body)
})

/** Answers where it listens. */
serveTasks<null, string>(
  () =>
    new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      )
    }),
)
