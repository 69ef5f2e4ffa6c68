import type { Examples } from '../../src/openapi/add-examples.ts'
import type { Json } from '../../src/openapi/document.ts'

/** Where the server and the receiver of its webhooks listened while the examples were recorded. */
export interface Addresses {
  server: string
  receiver: string
  issuer: string
}

/** What stands for a secret of 32 bytes; whoever decodes it reads what it is. */
const SECRET = `whsec_${Buffer.from('this is not a secret of anybody!').toString('base64')}`

/** What stands for a token of 43 characters. */
const TOKEN = 'one-time-token'.padEnd(43, '0')

/** What a browser makes with a passkey: "made by the browser". */
const MADE = 'bWFkZSBieSB0aGUgYnJvd3Nlcg'

/** What is random and is known by its member's name. */
const MADE_UP: Record<string, string> = {
  token: TOKEN,
  challenge: TOKEN,
  clientDataJSON: MADE,
  authenticatorData: MADE,
  signature: MADE,
  attestationObject: MADE,
}

/** What is random and gives access, or carries what is encrypted, and what is shown in its place. */
const PLACEHOLDERS: [RegExp, string][] = [
  [/\bsk-[\w-]{32}/g, 'sk-your-api-key'],
  [/\bwhsec_[\w+/]+=*/g, SECRET],
  [/\bquote-[\w-]{40,}/g, 'quote-from-an-offer'],
  [/\/r\/[\w-]{40,}/g, '/r/link-token'],
  [/\bv1,[\w+/]{43}=/g, 'v1,signature-in-base64'],
  [/(?<="x-button-signature":")[0-9a-f]{64}/g, 'signature-in-hex'],
  [/\bcursor=[\w-]+/g, 'cursor=next-page'],
  [/http:\/\/localhost:\d+/g, 'https://newcomer.example'],
  [/"127\.0\.0\.1"/g, '"newcomer.example"'],
  [/#[\w-]{43}/g, `#${TOKEN}`],
  [/\b(state|nonce|code_challenge)=[\w-]{43}/g, `$1=${TOKEN}`],
  [/\b[A-Z2-7]{32}\b/g, 'NOTASECRETOFANYBODY2222222222222'],
  [/"[0-9a-z]{4}(-[0-9a-z]{4}){3}"/g, '"a0b1-c2d3-e4f5-g6h7"'],
]

/** What the provider of the tests gives a browser along. */
const CODE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

const ID = /\b([a-z]+)-([0-9a-f]{16})\b/g

/** What depends on the machine or is random, and what is shown in its place where it is known. */
const UNSTEADY: Record<string, number | string> = {
  address: '192.0.2.0/24',
  hash: '5e'.repeat(32),
  last_four: 'y5Tq',
  duration_ms: 42,
  p50_ms: 42,
  p99_ms: 42,
  rows_per_second: 50_000,
  took_ms: 42,
  size_bytes: 42_000_000,
  answered: 4_200,
}

/** More of a list is left out. */
const LONGEST_LIST = 2

/** The same examples whenever they are recorded, and nothing in them that is secret. */
export function fixExamples(examples: Examples, { server, receiver, issuer }: Addresses): Examples {
  let text = JSON.stringify(examples, (key, value: Json) => shorten(key, value))
  text = text.replaceAll(receiver, 'https://hooks.example/newcomer')
  text = text.replaceAll(issuer, 'https://login.example')
  text = text.replaceAll(encodeURIComponent(server), encodeURIComponent('https://newcomer.example'))
  text = text.replaceAll(server, 'https://newcomer.example')
  for (const [random, fixed] of PLACEHOLDERS) text = text.replaceAll(random, fixed)
  return JSON.parse(numberIds(text)) as Examples
}

function shorten(key: string, value: Json): Json {
  if (typeof value === 'string' && MADE_UP[key] !== undefined) return MADE_UP[key]
  if (key === 'code' && typeof value === 'string' && /^\d{6}$/.test(value)) return '123456'
  if (key === 'code' && typeof value === 'string' && CODE.test(value)) return 'code-of-the-provider'
  if (key === 'state' && typeof value === 'string' && value.length === 43) return TOKEN
  if (key === 'user') return { ...(value as object), id: MADE }
  const measured = UNSTEADY[key]
  if (measured !== undefined && value !== null) return measured
  // Of a series the newest: in the oldest nothing had happened yet.
  if (key === 'buckets') return (value as Json[]).slice(-LONGEST_LIST)
  return Array.isArray(value) ? value.slice(0, LONGEST_LIST) : value
}

/** Ids in the order of their appearance, each kind by itself: `org-0000000000000001` is the first. */
function numberIds(text: string): string {
  const numbers = new Map<string, string>()
  const counts = new Map<string, number>()
  return text.replaceAll(ID, (id, kind: string) => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const numbered = `${kind}-${String(count).padStart(16, '0')}`
    numbers.set(id, numbered)
    return numbered
  })
}
