import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { python } from './run.ts'

test('the oracle folds, judges and compares as its own tests say', async () => {
  const child = python(['-m', 'unittest', 'discover', '-s', 'oracle/test', '-t', '.'], {}, ['ignore', 'pipe', 'pipe'])
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const said = child.stderr ? await text(child.stderr) : ''
  expect([await ended, said]).toEqual([0, expect.stringMatching(/Ran [1-9]\d* tests in [\s\S]*OK/)])
})
