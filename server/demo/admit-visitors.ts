import { randomBytes } from 'node:crypto'
import type { DemoNetwork, Member } from './create-network.ts'

/** Who may look at the demo in a browser. */
export interface Visitors {
  /** Of the dashboard. */
  url: string
  accounts: Account[]
  /** Of each of them. */
  password: string
}

interface Account {
  email: string
  name: string
  /** What they are, and of which organization. */
  role: string
}

/** Makes an account for each side: for a publisher, for the shop and for whoever runs the network. */
export async function admitVisitors(url: string, network: DemoNetwork): Promise<Visitors> {
  const password = randomBytes(12).toString('base64url')
  const { merchant, inviteOperator } = network
  const [publisher] = network.publishers
  if (!publisher) throw new Error('The network has no publisher.')
  const admit = async (account: Account, inviteTo: Invite): Promise<Account> => {
    const token = new URL(await inviteTo(account.email)).hash.slice(1)
    await accept(url, { token, name: account.name, password })
    return account
  }
  const accounts = await Promise.all([
    admit(ownerOf(publisher, 'publisher@demo.example'), inviteOwner(publisher)),
    admit(ownerOf(merchant, 'shop@demo.example'), inviteOwner(merchant)),
    admit(
      { email: 'operator@demo.example', name: 'Operator', role: 'operator of the network' },
      inviteOperator,
    ),
  ])
  // Passkeys know no addresses.
  const named = url.replace('//127.0.0.1:', '//localhost:')
  return { url: `${named}/dashboard`, accounts, password }
}

/** Invites an address; answers the link. */
type Invite = (email: string) => Promise<string>

function ownerOf({ name }: Member, email: string): Account {
  return { email, name: `Owner of ${name}`, role: `owner of ${name}` }
}

function inviteOwner({ client }: Member): Invite {
  return async (email) => (await client.invitations.create({ email, preset: 'owner' })).link ?? ''
}

/** As the dashboard does it. */
async function accept(url: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/account/v1/invitations/accept`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'newcomer-account': '1',
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`A visitor was not let in: ${await answer.text()}`)
}

export function sayVisitors({ url, accounts, password }: Visitors): string {
  const width = Math.max(...accounts.map(({ email }) => email.length))
  const lines = accounts.map(({ email, role }) => `  ${email.padEnd(width)}  ${role}\n`)
  return (
    `\nLook at it in a browser, from each side: ${url}\n${lines.join('')}` +
    `  the password of each: ${password}\n\n`
  )
}
