import { createCalls } from './calls.ts'
import type { Calls } from './calls.ts'
import { createImportCalls } from './import.ts'
import type { ImportCalls } from './import.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'

export interface ClientOptions {
  /** `sk-…`, a secret of your organization: keep it on your servers. */
  apiKey: string
  /** Where Newcomer runs, such as `https://newcomer.example`, without `/v1`. */
  baseUrl: string
  /** The longest time one attempt may take, its body included; 30,000 ms unless given. */
  timeoutMs?: number | undefined
  /** How often a call is repeated after no answer, 429 or 503; 0 to 10, 2 unless given. */
  retries?: number | undefined
  /** Used in place of the global `fetch`, for proxies and the like. */
  fetch?: typeof globalThis.fetch | undefined
  /** Used in place of a timer to wait between attempts, so that tests need not wait. */
  sleep?: ((ms: number) => Promise<void>) | undefined
}

/** What publishers and merchants call; what is for one of them only answers 401 to the other. */
export interface Client extends Calls {
  imports: ImportCalls
}

/**
 * A client of one organization at one server. It keeps no connection of its own and need not be
 * closed. Throws TypeError when an option is wrong; its calls throw NewcomerError.
 */
export function createClient(options: ClientOptions): Client {
  const parts: SendParts = {
    apiKey: checkedApiKey(options.apiKey),
    baseUrl: checkedBaseUrl(options.baseUrl),
    // More than a timer can hold would fire at once.
    timeoutMs: checkedInteger('timeoutMs', options.timeoutMs ?? 30_000, 1, 2 ** 31 - 1),
    retries: checkedInteger('retries', options.retries ?? 2, 0, 10),
    fetch: options.fetch ?? globalThis.fetch,
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
  }
  return { ...createCalls(createSend(parts), parts), imports: createImportCalls(parts) }
}

/** Basic credentials cannot carry a colon in the user name; a newline comes from reading a file. */
function checkedApiKey(apiKey: string): string {
  if (typeof apiKey === 'string' && /^[!-9;-~]+$/.test(apiKey)) return apiKey
  throw new TypeError('apiKey must be visible ASCII without spaces, line ends and colons')
}

function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError('baseUrl must be a URL that begins with https:// or http://')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no credentials, query or fragment')
  }
  const prefix = url.pathname.replace(/\/+$/, '')
  if (prefix.endsWith('/v1')) throw new TypeError('baseUrl must not contain /v1, which is added')
  return url.origin + prefix
}

function checkedInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}`)
}
