import { type TSchema, Type } from 'typebox'
import { Format } from 'typebox/format'

/** Shapes that the bodies of commands share. Descriptions continue the sentence "… must be …". */

// Patterns take linear time on any input: they are tried on texts of any length. They stand in the OpenAPI document, so they are written in
// what every language's regular expressions have: no classes of Unicode, nothing that looks ahead.
const control = '\\u0000-\\u001f\\u007f-\\u009f'
const controlButLines = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f'
/** Some of it is no space. */
const textWithout = (excluded: string) => `^[^\\S${excluded}]*[^\\s${excluded}][^${excluded}]*$`

/** Kept without the spaces around it. */
export const Name = Type.String({
  maxLength: 200,
  pattern: textWithout(control),
  description: 'a text of 1 to 200 characters on one line, without control characters',
})

/** What somebody wants to have said; it may have several lines. */
export const Remark = Type.String({
  maxLength: 2_000,
  pattern: textWithout(controlButLines),
  description: 'a text of 1 to 2000 characters, without control characters but the ends of lines and tabs',
})

/** Why an operator orders something. */
export const Reason = Type.String({
  maxLength: 500,
  pattern: textWithout(controlButLines),
  description: 'a text of 1 to 500 characters, without control characters but the ends of lines and tabs',
})

export const ModelName = Type.String({
  maxLength: 100,
  pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
  description: 'the name of a read model',
})

/** An id that a platform gave, compared as it is written. */
export const PlatformId = Type.String({
  maxLength: 200,
  pattern: `^[^${control}\\s]+$`,
  description: 'a text of 1 to 200 characters without spaces and control characters',
})

/** What a platform calls a dimension's value, an action or an attribution window; kept as it is written. */
export const Label = Type.String({
  maxLength: 100,
  pattern: `^[^${control}]+$`,
  description: 'a text of 1 to 100 characters without control characters',
})

const currencies = new Set(Intl.supportedValuesOf('currency'))
Format.Set('currency', (code) => currencies.has(code))
export const Currency = Type.String({ format: 'currency', description: 'an ISO 4217 code such as USD' })

/** As the runtime's own time zone data knows it. */
Format.Set('time-zone', (name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) && !/^[+-]/.test(name)
  } catch {
    return false
  }
})
export const TimeZone = Type.String({
  maxLength: 64,
  format: 'time-zone',
  description: 'an IANA time zone such as Europe/Berlin',
})

/** May be left out, or null. */
export const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]))
