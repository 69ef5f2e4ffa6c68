import type { Call } from './connection.ts'
import { sendAll } from './load.ts'
import { hostOf } from './network.ts'
import type { Network } from './network.ts'

const CONNECTIONS = 64

/** A click on a link that a publisher made for `user-<user>`. */
export interface Click {
  token: string
  user: number
}

/** Links to the first merchant, for as many users of the publisher; answers the clicks on them. */
export async function makeLinks(
  url: string,
  { publisher, merchants }: Network,
  count: number,
): Promise<Call[]> {
  const [merchant] = merchants
  if (!merchant) throw new Error('links need a merchant')
  const wishes = Array.from({ length: count }, (_, index) =>
    publisher.write.post('/v1/links', {
      url: `https://${hostOf(merchant)}/records/${index}`,
      experience: { btn_pub_user: `user-${index}`, btn_pub_ref: `campaign-${index % 10}` },
    }),
  )
  const answers = await sendAll(url, CONNECTIONS, wishes)
  return answers.map((answer) => {
    const { object } = JSON.parse(answer) as { object: { links: { universal: string } } }
    const path = new URL(object.links.universal).pathname
    return { method: 'GET', path, headers: {}, body: null, status: 302 }
  })
}

/** Follows a link for each of so many users, once. */
export async function makeClicks(url: string, network: Network, count: number): Promise<Click[]> {
  const answers = await sendAll(url, CONNECTIONS, await makeLinks(url, network, count))
  return answers.map((answer, user) => ({ token: tokenOf(answer), user }))
}

/** The attribution token that a click was given; throws where it was given none. */
export function tokenOf(answer: string): string {
  const { object } = JSON.parse(answer) as { object: { url: string } }
  const token = new URL(object.url).searchParams.get('btn_ref')
  if (token === null) throw new Error('a click was lost')
  return token
}
