import { expect } from 'vitest'
import { createClient, NewcomerError } from '../../../client/src/index.ts'
import type { Client, Page } from '../../../client/src/index.ts'
import type { Member, Network } from '../support/network.ts'

/** A member's client, which tries once. */
export function clientOf({ url }: Network, { key }: Member): Client {
  return createClient({ apiKey: key, baseUrl: url, retries: 0 })
}

/** The error of a call that has to fail. */
export async function failureOf(call: Promise<unknown>): Promise<NewcomerError> {
  return call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(NewcomerError)
      return error as NewcomerError
    },
  )
}

/** All of a list, page by page. */
export async function collect<T>(page: Promise<Page<T>>): Promise<T[]> {
  const objects: T[] = []
  for await (const object of await page) objects.push(object)
  return objects
}
