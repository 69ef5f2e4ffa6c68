import { createCalls, createImportStateCalls } from '@newcomer/client/browser'
import type { Call, Send, SendParts } from '@newcomer/client/browser'
import type { Operation } from './operations.ts'

/** One call of our own client, and what it would send. */
export interface ClientCall {
  /** `webhooks.create` */
  name: string
  method: string
  path: string
  query: Record<string, unknown>
  /** Which of its arguments is the body; undefined where none is. */
  body: number | undefined
}

// No call takes more that is needed.
const ARGUMENTS = ['argument-0', 'argument-1', 'argument-2']

/**
 * Every call of our own client, by asking each for what it would send: nothing is sent, and the examples cannot
 * differ from the client. Calls that want more than ids and a body are left out.
 */
export async function listClientCalls(): Promise<ClientCall[]> {
  let asked: Call[] = []
  const send: Send = (call) => {
    asked.push(call)
    return Promise.reject(new Error('nothing is sent'))
  }
  const parts: SendParts = {
    ...{ apiKey: undefined, baseUrl: location.origin, timeoutMs: 1_000, retries: 0 },
    fetch: (input, init) => {
      const { pathname: path, searchParams } = new URL(input instanceof Request ? input.url : input)
      return send({
        method: (init?.method ?? 'GET') as Call['method'],
        path,
        query: Object.fromEntries(searchParams),
      }) as Promise<never>
    },
    sleep: () => Promise.resolve(),
  }
  const groups = { ...createCalls(send, parts), imports: createImportStateCalls(parts) }
  const found: ClientCall[] = []
  for (const [group, calls] of Object.entries(groups)) {
    for (const [name, call] of Object.entries(calls as unknown as Record<string, Ask>)) {
      asked = []
      await ask(call)
      const [first] = asked
      if (first) found.push(toClientCall(`${group}.${name}`, first))
    }
  }
  return found
}

type Ask = (...values: string[]) => unknown

async function ask(call: Ask): Promise<void> {
  try {
    await call(...ARGUMENTS)
  } catch {
    // That nothing was sent, or that it wants what is not text.
  }
}

function toClientCall(name: string, { method, path, query, body }: Call): ClientCall {
  const index = ARGUMENTS.findIndex((each) => each === body)
  const place = index < 0 ? undefined : index
  return { name, method: method.toLowerCase(), path, query: query ?? {}, body: place }
}

/** How our own client calls an operation, with its example; undefined where that takes more than one call. */
export function toClientExample(
  calls: ClientCall[],
  operation: Operation,
  server: string,
): string | undefined {
  const template = operation.path.split('/')
  const isSame = ({ method, path }: ClientCall): boolean => {
    const given = path.split('/')
    if (method !== operation.method || given.length !== template.length) return false
    return template.every((part, index) =>
      part.startsWith('{') ? ARGUMENTS.includes(given[index] ?? '') : part === given[index],
    )
  }
  const call = calls.find(isSame)
  if (!call) return undefined
  const given = call.path.split('/')
  const content = Object.values(operation.requestBody?.content ?? {})[0]
  const values = ARGUMENTS.map((argument, index) => {
    const place = given.indexOf(argument)
    if (place >= 0) return `'${template[place]?.slice(1, -1) ?? ''}'`
    if (index === call.body) return JSON.stringify(content?.example ?? {}, null, 2)
    const member = Object.entries(call.query).find(([, value]) => value === argument)
    return member && `'${member[0]}'`
  })
  const last = values.findLastIndex((each) => each !== undefined)
  const written = values.slice(0, last + 1).map((each) => each ?? 'undefined')
  return `import { createClient } from '@newcomer/client'

const client = createClient({ baseUrl: '${server}', apiKey: process.env.NEWCOMER_API_KEY })
const answer = await client.${call.name}(${written.join(', ')})`
}
