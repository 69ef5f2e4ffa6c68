import { randomBytes } from 'node:crypto'
import type { Member } from './create-network.ts'

/** Somebody who may look at all of the demo's organizations in a browser. */
export interface Visitor {
  /** Of the dashboard. */
  url: string
  email: string
  password: string
}

const EMAIL = 'visitor@demo.example'

/** Invites a visitor to each organization as its owner, and accepts in the visitor's name. */
export async function admitVisitor(url: string, members: Member[]): Promise<Visitor> {
  const password = randomBytes(12).toString('base64url')
  let cookie: string | undefined
  for (const { client } of members) {
    const { link } = await client.invitations.create({ email: EMAIL, preset: 'owner' })
    const token = new URL(link ?? '').hash.slice(1)
    const account = cookie === undefined ? { name: 'Visitor', password } : {}
    cookie = await accept(url, { token, ...account }, cookie)
  }
  // Passkeys know no addresses.
  const named = url.replace('//127.0.0.1:', '//localhost:')
  return { url: `${named}/dashboard`, email: EMAIL, password }
}

/** As the dashboard does it. Answers the cookie of the session, which each acceptance makes anew. */
async function accept(url: string, body: object, cookie: string | undefined): Promise<string> {
  const answer = await fetch(`${url}/account/v1/invitations/accept`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'newcomer-account': '1',
      'sec-fetch-site': 'same-origin',
      ...(cookie !== undefined && { cookie }),
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`The visitor was not let in: ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
}

export function sayVisitor({ url, email, password }: Visitor): string {
  return (
    `\nLook at it in a browser: ${url}\n  e-mail    ${email}\n  password  ${password}\n` +
    'The visitor is an owner of the shop and of both publishers: switch between them at the top.\n\n'
  )
}
