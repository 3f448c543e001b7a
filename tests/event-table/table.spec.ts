import { describe, expect, test } from '@jest/globals'
import { complaints, eventTable, type Row } from './table.ts'

const row: Row = {
  event: 'CampaignCreated',
  version: 1,
  topic: 'events.g1',
  deciders: ['a.ts'],
  projections: [],
  waiver: null,
}

describe('the event table', () => {
  test('has every event recorded and read, or a reason why not', () => {
    expect(complaints(eventTable())).toEqual([])
  })

  test('complains about an event that nobody reads', () => {
    expect(complaints([row])).toEqual([expect.stringContaining('read by nobody')])
    expect(complaints([{ ...row, waiver: 'so' }])).toEqual([])
    expect(complaints([{ ...row, projections: ['campaign-list'] }])).toEqual([])
  })

  test('complains about an event that nobody records, and about a waiver that is out of date', () => {
    expect(complaints([{ ...row, projections: ['x'], deciders: [] }])).toHaveLength(1)
    expect(complaints([{ ...row, projections: ['x'], waiver: 'so' }])).toHaveLength(1)
  })
})
