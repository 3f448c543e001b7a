/** A small round of what `npm run test:api-fuzz` does: few requests to each operation, the same in every run. */
import { expect, test } from '@jest/globals'
import { runningSystem } from '../flow/agency.ts'
import { fuzzAll } from './services.ts'

test('whatever a service is sent, it answers with what its OpenAPI document has, and never with a fault', async () => {
  const effort = { examples: 1, seed: 1, phases: ['fuzzing'] } as const
  const fuzzed = await fuzzAll(process.env, runningSystem(), effort)
  const wrong = fuzzed.filter(({ ok }) => !ok).map(({ said }) => said)
  expect(wrong.join('\n\n')).toBe('')
  expect(fuzzed).toHaveLength(6)
}, 1_200_000)
