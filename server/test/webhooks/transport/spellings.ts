import fc from 'fast-check'

/** A URL that a browser might be led astray by, and the forbidden address that it is about. */
export interface Spelling {
  url: string
  /** What a name in it resolves to. */
  address: string
}

type Pick<T> = fc.Arbitrary<T>

// An address of each kind that is not public unicast, loopback first.
const IPV4 = [
  [127, 0, 0, 1],
  [127, 0, 0, 1],
  [127, 255, 255, 254],
  [0, 0, 0, 0],
  [10, 1, 2, 3],
  [100, 64, 0, 1],
  [100, 100, 100, 200],
  [168, 63, 129, 16],
  [169, 254, 169, 254],
  [172, 16, 0, 1],
  [192, 0, 0, 170],
  [192, 0, 2, 1],
  [192, 88, 99, 1],
  [192, 168, 1, 1],
  [198, 18, 0, 1],
  [198, 51, 100, 1],
  [203, 0, 113, 1],
  [224, 0, 0, 1],
  [255, 255, 255, 255],
]
const IPV6 = [
  '::1',
  '0:0:0:0:0:0:0:1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  '::',
  '::0:1',
  '0::1',
  'fe80::1',
  'FE80::1',
  'fc00::1',
  'fd00:ec2::254',
  'FD00:EC2::254',
  'ff02::1',
  'fec0::1',
  '100::1',
  '2001:db8::1',
  '2001::1',
  '2001:10::1',
  '3fff::1',
  '5f00::1',
]

const radix = fc.constantFrom(
  (value: number) => String(value),
  (value: number) => `0${value.toString(8)}`,
  (value: number) => `000${value.toString(8)}`,
  (value: number) => `0x${value.toString(16)}`,
  (value: number) => `0X${value.toString(16).toUpperCase()}`,
  (value: number) => `0x0000${value.toString(16)}`,
)

/** As `inet_aton` reads it: one to four parts, each decimal, octal or hex; the last holds the rest. */
function inParts(bytes: number[]): Pick<string> {
  const parts = [1, 2, 3, 4].map((count) => {
    const rest = bytes.slice(count - 1).reduce((value, byte) => value * 256 + byte, 0)
    return [...bytes.slice(0, count - 1), rest]
  })
  return fc
    .tuple(fc.constantFrom(...parts), fc.array(radix, { minLength: 4, maxLength: 4 }))
    .map(([values, write]) => values.map((value, index) => write[index]!(value)).join('.'))
}

function hexOf(bytes: number[]): string {
  const [a, b, c, d] = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  return `${a}${b}:${c}${d}`
}

/** IPv6 addresses that carry the IPv4 address. */
function inIpv6(bytes: number[]): Pick<string> {
  const [dotted, hex] = [bytes.join('.'), hexOf(bytes)]
  return fc.constantFrom(
    `[::ffff:${dotted}]`,
    `[::FFFF:${hex.toUpperCase()}]`,
    `[0:0:0:0:0:ffff:${dotted}]`,
    `[0000:0000:0000:0000:0000:ffff:${hex}]`,
    `[::${dotted}]`,
    `[::${hex}]`,
    `[::ffff:0:${dotted}]`,
    `[64:ff9b::${dotted}]`,
    `[64:ff9b::${hex}]`,
    `[64:ff9b:1::${dotted}]`,
    `[2002:${hex}::1]`,
    `[2002:${hex}:0:0:0:0:0:1]`,
    `[2001:0:${hex}::1]`,
    `[2600::5efe:${dotted}]`,
    `[2600:1:2:3:200:5efe:${hex}]`,
  )
}

/** Characters that a browser takes for others. */
function inDisguise(text: string): Pick<string> {
  const disguises: ((character: string) => string)[] = [
    (character) => character,
    (character) => character.toUpperCase(),
    (character) => `%${character.charCodeAt(0).toString(16)}`,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0),
    (character) => (character === '.' ? '。' : character),
    (character) => (/[1-9]/.test(character) ? '①②③④⑤⑥⑦⑧⑨'[Number(character) - 1]! : character),
    (character) => `${character}\u00ad`,
    (character) => `${character}\t`,
  ]
  return fc
    .array(fc.constantFrom(...disguises), { minLength: text.length, maxLength: text.length })
    .map((each) => [...text].map((character, index) => each[index]!(character)).join(''))
}

/** Names that lead to the address, and others that look like it. */
function inNames(bytes: number[]): Pick<string> {
  const dotted = bytes.join('.')
  return fc.constantFrom(
    `${dotted}.nip.example`,
    `${bytes.join('-')}.example`,
    'rebound.example',
    `${dotted}..`,
    `${dotted}.example.`,
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    'localtest.example',
    'metadata.google.internal',
  )
}

function hostOf(bytes: number[]): Pick<string> {
  return fc.oneof(
    inParts(bytes),
    inParts(bytes).map((text) => `${text}.`),
    inParts(bytes).chain(inDisguise),
    fc.constant(bytes.join('.')).chain(inDisguise),
    inIpv6(bytes),
    inIpv6(bytes).map((text) => text.replace(']', '%25lo]')),
    inNames(bytes),
  )
}

/** Mostly what everybody writes, so that the host alone is left to be found out. */
function mostly(plain: string[], ...odd: string[]): Pick<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )
}

const schemes = mostly(['https', 'http'], 'HTTPS', ' https', 'ht\ttps', 'ftp')
const slashes = mostly(['://'], ':', ':/', ':///', ':\\\\', ':/\\', ':\t//', '://\n')
const users = mostly(
  [''],
  ...['user@', 'user:password@', ':@', '@', 'example.com@', 'example.com:443@', 'example.com#@'],
  ...['example.com%00@', 'example.com%2f@', 'example.com\\@', 'example.com/@'],
)
const rests = mostly(
  ['', '/', '/hook', '?a=1', '/@example.com'],
  ...['#@example.com', '\\@example.com', '/..//example.com', '\\\\example.com/'],
)

/** URLs on this port, or without one. */
export function spellings(port: number): fc.Arbitrary<Spelling> {
  const ipv4 = fc
    .constantFrom(...IPV4)
    .chain((bytes) => hostOf(bytes).map((host) => ({ host, address: bytes.join('.') })))
  const ipv6 = fc
    .tuple(fc.constantFrom(...IPV6), fc.constantFrom('', '%25lo', '%lo', '%251'))
    .map(([address, zone]) => ({ host: `[${address}${zone}]`, address }))
  const mapped = fc.constantFrom(...IPV4).map((bytes) => {
    return { host: 'mapped.example', address: `::ffff:${bytes.join('.')}` }
  })
  const target = fc.oneof({ weight: 8, arbitrary: ipv4 }, { weight: 1, arbitrary: ipv6 }, mapped)
  const ports = mostly(['', `:${port}`], `:0${port}`, ':')
  return fc
    .tuple(schemes, slashes, users, target, ports, rests)
    .map(([scheme, slash, user, { host, address }, at, rest]) => {
      return { url: `${scheme}${slash}${user}${host}${at}${rest}`, address }
    })
}
