import { createRequire } from 'node:module'
import type { IncomingMessage } from 'node:http'

/** What the published client answers. */
export interface PublishedAnswer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any
  meta: { next: string | null; previous: string | null }
}

/** An error of the published client; it carries the answer that it came from. */
export interface PublishedError extends Error {
  response: IncomingMessage
}

type Calls<Names extends string> = Record<Names, (...args: unknown[]) => Promise<PublishedAnswer>>

/** The published client, which has no types of its own. */
export interface PublishedClient {
  customers: Calls<'get' | 'create'>
  merchants: Calls<'all'>
  accounts: Calls<'all' | 'transactions'>
  transactions: Calls<'all'>
  links: Calls<'create' | 'getInfo'>
  orders: Calls<'get' | 'getByBtnRef' | 'create' | 'update' | 'del'>
}

export interface PublishedOptions {
  hostname: string
  port: number | string
  secure: boolean
  timeout?: number
  apiVersion?: string
}

interface PublishedLibrary {
  (apiKey: string, options: PublishedOptions): PublishedClient
  utils: { isWebhookAuthentic(secret: string, body: Buffer, signature: string): boolean }
}

/** The npm package as its users have it. */
export const published = createRequire(import.meta.url)(
  '@button/button-client-node',
) as PublishedLibrary

export function createPublishedClient(
  url: string,
  key: string,
  options: Partial<PublishedOptions> = {},
): PublishedClient {
  const { hostname, port } = new URL(url)
  return published(key, { hostname, port, secure: false, timeout: 20_000, ...options })
}
