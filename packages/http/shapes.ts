import { CalendarDate as calendarDate, decimalToMicros, Instant as instant } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { Format } from 'typebox/format'

/** Shapes that many bodies share. A schema with a `title` is written once into the OpenAPI document, under that name. */

const parses = (parse: (text: string) => unknown) => (text: string) => {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
Format.Set('date', parses(calendarDate.parse))
Format.Set('date-time', parses(instant.parse))
Format.Set(
  'amount',
  parses((text) => decimalToMicros(text)),
)

export const Uuid = Type.String({ format: 'uuid', description: 'a UUID' })
export const CalendarDate = Type.String({ format: 'date', description: 'a day that exists, as YYYY-MM-DD' })
export const Instant = Type.String({
  format: 'date-time',
  description: 'an instant with its offset, such as 2026-11-22T23:38:28.123456Z',
})

/** A count of things: never negative, never a fraction, and small enough to be exact. */
export const Count = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'a whole number from 0 to 9007199254740991',
})

export const Currency = Type.String({
  pattern: '^[A-Z]{3}$',
  description: 'an ISO 4217 code such as USD',
  examples: ['USD'],
})

const amount = 'a decimal number in text with at most 6 decimals, at most 9007199254.740991'
export const Amount = Type.String({ format: 'amount', maxLength: 20, description: amount, examples: ['58705.23'] })

export const Money = Type.Object(
  { amount: Amount, currency: Currency },
  { additionalProperties: false, title: 'Money' },
)
