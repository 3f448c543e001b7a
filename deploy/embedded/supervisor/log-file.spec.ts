import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openLogFile } from './log-file.ts'

test('what a process says after its log was closed is lost, and ends nobody', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'))
  try {
    const file = join(folder, 'part.log')
    const log = openLogFile(file)
    log.write(Buffer.from('first\n'))
    log.close()
    log.write(Buffer.from('late\n'))
    log.close()
    expect(readFileSync(file, 'utf8')).toBe('first\n')
    expect(log.tail()).toEqual(['first'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
