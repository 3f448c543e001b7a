import { Uuid } from '@bizosaas/http'
import { Type } from 'typebox'
import { Format } from 'typebox/format'
import { Maybe, Name } from '../shapes.ts'
import { isPath, untouchable } from './contradictions.ts'

/** The shapes of a policy, as requests have them. Descriptions continue the sentence "… must be …". */

const Word = Type.String({
  maxLength: 50,
  pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
  description: 'lower-case words with dashes between, at most 50 characters',
})

/** Without dots as segments, and without what is escaped: a prefix stands as requests are written. */
const Prefix = Type.String({
  maxLength: 200,
  pattern: '^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+$',
  description: 'a path such as /v1/campaigns',
})

const Method = Type.Enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const HeaderText = Type.String({
  maxLength: 1_000,
  pattern: '^[\\x20-\\x7e]*$',
  description: 'printable ASCII characters on one line',
})

Format.Set('free-header', (header) => !untouchable.has(header.toLowerCase()))

const FreeHeader = Type.String({
  maxLength: 100,
  pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
  format: 'free-header',
  description: 'the name of a header that neither frames a message nor says who sent it',
})

const HeaderChange = Type.Object(
  { change: Type.Enum(['set', 'remove', 'rename']), header: FreeHeader, to: Maybe(HeaderText) },
  { title: 'HeaderChange' },
)

Format.Set('json-path', isPath)
const Path = Type.String({
  maxLength: 200,
  format: 'json-path',
  description: 'a JSON Pointer such as /items/*/name, in which * stands for every member of an array',
})
const JsonChange = Type.Object(
  { change: Type.Enum(['set', 'remove', 'move']), path: Path, to: Maybe(Type.String({ maxLength: 10_000 })) },
  { title: 'JsonChange' },
)
const Transformation = Type.Object(
  {
    headers: Type.Optional(Type.Array(HeaderChange, { maxItems: 20 })),
    body: Type.Optional(Type.Array(JsonChange, { maxItems: 20 })),
  },
  { title: 'Transformation' },
)

const OnOutage = Type.Enum(['allow', 'refuse'])
const whole = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` })

const Route = Type.Object(
  {
    prefix: Prefix,
    methods: Type.Optional(Type.Array(Method, { maxItems: 7 })),
    service: Word,
    rewrite: Maybe(Prefix),
    maxBodyBytes: Type.Optional(whole(0, 1_000_000_000)),
    timeoutMs: Type.Optional(whole(1, 55_000)),
    limits: Type.Optional(Type.Array(Word, { maxItems: 10 })),
    request: Type.Optional(Transformation),
    answer: Type.Optional(Transformation),
  },
  { title: 'PolicyRoute' },
)
const Limit = Type.Object(
  {
    limit: Word,
    per: Type.Enum(['tenant', 'client', 'user', 'address', 'route']),
    requests: whole(1, 1_000_000_000),
    seconds: whole(1, 86_400),
    onOutage: Type.Optional(OnOutage),
  },
  { title: 'PolicyLimit' },
)
const Plan = Type.Object(
  {
    plan: Word,
    tenants: Type.Optional(Type.Array(Uuid, { maxItems: 10_000 })),
    requests: whole(1, 1_000_000_000_000),
    per: Type.Enum(['day', 'month']),
    onOutage: Type.Optional(OnOutage),
  },
  { title: 'PolicyPlan' },
)
const Origin = Type.String({
  maxLength: 200,
  pattern: '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$',
  description: 'an origin such as https://app.example.com',
})

export const PolicyBody = Type.Object(
  {
    title: Name,
    policy: Type.Object(
      {
        routes: Type.Array(Route, { minItems: 1, maxItems: 200 }),
        limits: Type.Optional(Type.Array(Limit, { maxItems: 50 })),
        plans: Type.Optional(Type.Array(Plan, { maxItems: 50 })),
        corsOrigins: Type.Optional(Type.Array(Origin, { maxItems: 50 })),
      },
      { title: 'RoutePolicy' },
    ),
  },
  { title: 'RoutePolicyBody' },
)
