import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A certificate for 127.0.0.1 that signs itself (RFC 5280), valid for a day, and its key; both in PEM. */
export function selfSigned(commonName: string): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const tbs = der(0x30, [
    der(0xa0, [integer(2)]),
    integer(Date.now()),
    ecdsaWithSha256,
    name(commonName),
    der(0x30, [time(-3600_000), time(24 * 3600_000)]),
    name(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, [der(0x30, [subjectAltName])]),
  ])
  const signature = sign('sha256', tbs, privateKey)
  const certificate = der(0x30, [tbs, ecdsaWithSha256, der(0x03, [Buffer.from([0]), signature])])
  return { certificate: pem('CERTIFICATE', certificate), key: keyPem(privateKey) }
}

function der(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const hex = (digits: string) => Buffer.from(digits, 'hex')
const ecdsaWithSha256 = der(0x30, [der(0x06, [hex('2a8648ce3d040302')])])
/** 127.0.0.1 as an iPAddress. */
const subjectAltName = der(0x30, [
  der(0x06, [hex('551d11')]),
  der(0x04, [der(0x30, [der(0x87, [Buffer.from([127, 0, 0, 1])])])]),
])

function integer(value: number): Buffer {
  const digits = value.toString(16)
  const bytes = hex(digits.length % 2 ? `0${digits}` : digits)
  return der(0x02, [(bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes])
}

const name = (commonName: string) =>
  der(0x30, [der(0x31, [der(0x30, [der(0x06, [hex('550403')]), der(0x0c, [Buffer.from(commonName)])])])])

const time = (fromNowMs: number) =>
  der(0x18, [Buffer.from(`${new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]|\.\d+/g, '')}`)])

const pem = (label: string, bytes: Buffer) =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`

const keyPem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }))
