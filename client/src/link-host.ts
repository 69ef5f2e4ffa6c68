import { fetchPage, objectOf } from './answer.ts'
import type { Page } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** A host that links to the merchant may lead to: this very name, not those below it. */
export interface LinkHost {
  /** Such as `www.shop.example`, in lower case. */
  host: string
  created_date: string
}

/** For merchants: where links may lead. At most 100 hosts. */
export interface LinkHostCalls {
  /** All at once, by name. */
  list(): Promise<Page<LinkHost>>
  /**
   * Registers a host, a name alone; the same call again changes nothing.
   * Errors: 400 `InvalidField`; 409 `Conflict` when another merchant has it, or you have too many.
   */
  add(host: string): Promise<LinkHost>
  /** Links that lead there stop working. Errors: 404 `NotFound`. */
  remove(host: string): Promise<void>
}

const LINK_HOSTS_PATH = '/v1/link-hosts'

export function createLinkHostCalls(send: Send): LinkHostCalls {
  return {
    list: async () => fetchPage(send, LINK_HOSTS_PATH),
    add: async (host) =>
      objectOf(await send({ method: 'POST', path: LINK_HOSTS_PATH, body: { host } })),
    remove: async (host) => {
      await send({ method: 'DELETE', path: pathTo(LINK_HOSTS_PATH, host) })
    },
  }
}
