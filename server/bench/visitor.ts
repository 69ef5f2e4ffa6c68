import { askOnce } from './network.ts'
import type { Member } from './network.ts'

/** Somebody with an account, as an owner of an organization. */
export interface Visitor {
  email: string
  password: string
  /** Of the session that began with the account: `name=value`. */
  cookie: string
}

const PASSWORD = 'a-password-for-the-bench-only'

/** What the pages of the dashboard send with each call for their account. */
const OF_A_PAGE = { 'newcomer-account': '1', 'sec-fetch-site': 'same-origin' }

/** Makes an account, by an invitation as an owner of the member. */
export async function admitVisitor(url: string, member: Member, email: string): Promise<Visitor> {
  const invitation = { email, preset: 'owner' }
  const invited = await askOnce(url, member.write.post('/v1/invitations', invitation))
  const { object } = JSON.parse(invited) as { object: { link: string } }
  const token = new URL(object.link).hash.slice(1)
  const answer = await fetch(`${url}/account/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...OF_A_PAGE },
    body: JSON.stringify({ token, name: 'Visitor', password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(`nobody was let in: ${await answer.text()}`)
  const [cookie = ''] = answer.headers.getSetCookie()[0]?.split(';') ?? []
  return { email, password: PASSWORD, cookie }
}
