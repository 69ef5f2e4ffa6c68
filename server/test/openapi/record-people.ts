import { must } from '../support/network.ts'
import { openBrowser } from '../members/browser.ts'
import type { Browser } from '../members/browser.ts'
import { PASSWORD, codeOf, setUpTokenOf, signIn, tokenOf } from '../members/people.ts'
import type { TinyProvider } from '../members/tiny-provider.ts'
import { createPasskey } from '../members/virtual-passkey.ts'
import type { ManualClock } from '../support/clock.ts'
import type { Call, Network } from '../support/network.ts'
import type { RecordCall } from './recorder.ts'

const MINUTE_MS = 60_000
const EMAIL = 'kim@rewards.example'
const SHOWN = { name: 'Kim', password: 'correct horse battery' }

interface Scene {
  record: RecordCall
  network: Network
  clock: ManualClock
  operator: string
  publisher: { id: string; key: string; call: Call }
  provider: TinyProvider
}

/** People: invited with keys, and then by themselves, each operation once. */
export async function recordPeople(scene: Scene): Promise<void> {
  const kim = await recordJoining(scene)
  await recordProvider(scene)
  await recordFactors(scene, kim)
  await recordAccount(scene, kim)
  await recordLeaving(scene, kim)
}

/** The first operator, and the first member of the publisher, with its browser. */
async function recordJoining({ record, network, publisher, operator }: Scene): Promise<Browser> {
  const olu = openBrowser(network.url)
  const first = { name: 'Olu', email: 'olu@network.example', password: SHOWN.password }
  const token = await setUpTokenOf(network)
  await record('setUp', olu.account, { body: { token, ...first } })
  const path = { organization: publisher.id }
  await record('beginLook', olu.account, { path, body: { reason: 'Ticket 17: late deliveries' } })
  await record('listLooks', publisher.key)
  await record('endLook', olu.account, { path })
  const invitation = { email: EMAIL, organization: publisher.id, preset: 'owner' }
  const { object } = await record('invitePerson', operator, { body: invitation })
  await record('listAnyInvitations', operator, { query: { organization: publisher.id } })
  const kim = openBrowser(network.url)
  const link = { token: tokenOf(object.link) }
  await record('findInvitation', kim.account, { body: link })
  await record('acceptInvitation', kim.account, { body: { ...link, ...SHOWN } })
  await record('listPeople', operator)
  return kim
}

async function recordProvider({ record, network, provider }: Scene): Promise<void> {
  const { account } = openBrowser(network.url)
  provider.claims = { sub: 'kim', email: EMAIL, email_verified: true }
  await record('findProvider', account)
  const { object } = await record('startProvider', account)
  const { searchParams } = await provider.agree(object.url)
  const body = { code: searchParams.get('code'), state: searchParams.get('state') }
  await record('signInWithProvider', account, { body })
}

async function recordFactors({ record, network, clock }: Scene, kim: Browser): Promise<void> {
  const { account } = kim
  const totp = await record('startTotp', account, { body: { name: 'Phone' } })
  const code = () => codeOf(totp.object.secret, clock)
  await record('confirmTotp', account, { body: { code: code() } })
  const { object } = await record('renewRecoveryCodes', account)
  const made = await record('startPasskey', account)
  const passkey = createPasskey(network.url)
  const registration = { challenge: made.object.challenge, name: 'Laptop' }
  const created = { ...registration, response: passkey.create(made.object.options) }
  await record('addPasskey', account, { body: created })
  clock.advance(MINUTE_MS)
  const credentials = { email: EMAIL, password: SHOWN.password }
  const { object: step } = await record('signIn', account, { body: credentials })
  const body = { challenge: step.challenge, code: code() }
  await record('signInWithTotp', account, { body })
  const again = await must(account('POST', '/account/v1/sign-in', credentials))
  const spent = { challenge: again.challenge, code: object.codes[0] }
  await record('signInWithRecoveryCode', account, { body: spent })
  const asked = await record('askForPasskey', account)
  const answer = { challenge: asked.object.challenge, response: passkey.sign(asked.object.options) }
  await record('signInWithPasskey', account, { body: answer })
}

async function recordAccount({ record }: Scene, { account }: Browser): Promise<void> {
  await record('stepUp', account, { body: { password: SHOWN.password } })
  const { object: me } = await record('getMe', account)
  await record('changeMe', account, { body: { name: 'Kim Example' } })
  await record('removeFactor', account, { path: { factor: me.factors[1].id } })
  const body = { current_password: SHOWN.password, password: PASSWORD }
  await record('changePassword', account, { body })
  await record('listSessions', account)
  await record('endOtherSessions', account)
}

async function recordLeaving(scene: Scene, kim: Browser): Promise<void> {
  const { record, network, publisher, operator } = scene
  const [{ id: person }] = await must(publisher.call('GET', '/v1/members'))
  await record('listMembers', publisher.key)
  const body = { email: 'lee@rewards.example', preset: 'viewer' }
  const { object } = await record('createInvitation', publisher.key, { body })
  await record('listInvitations', publisher.key)
  const lee = openBrowser(network.url)
  const accepted = { token: tokenOf(object.link), ...SHOWN, name: 'Lee' }
  await must(lee.account('POST', '/account/v1/invitations/accept', accepted))
  const { id } = await must(lee.account('GET', '/account/v1/me'))
  await record('changeMember', publisher.key, {
    path: { member: id },
    body: { permissions: ['customers'] },
  })
  await record('removeMember', publisher.key, { path: { member: id } })
  const max = await must(
    publisher.call('POST', '/v1/invitations', { ...body, email: 'max@rewards.example' }),
  )
  await record('deleteInvitation', publisher.key, { path: { invitation: max.id } })
  const pat = await must(
    network.operator.call('POST', '/operator/v1/invitations', { email: 'pat@network.example' }),
  )
  await record('deleteAnyInvitation', operator, { path: { invitation: pat.id } })
  await record('askForPasswordReset', lee.account, { body: { email: EMAIL } })
  const link = await record('createResetLink', operator, { path: { person } })
  const reset = { token: tokenOf(link.object.link), password: SHOWN.password }
  await record('resetPassword', lee.account, { body: reset })
  await record('clearFactors', operator, { path: { person } })
  await must(signIn(kim, EMAIL, SHOWN.password))
  const sessions = await must(kim.account('GET', '/account/v1/sessions'))
  await record('endSession', kim.account, { path: { session: sessions[0].id } })
  await record('signOut', kim.account)
  await record('endSessionsOfPerson', operator, { path: { person } })
  await record('changePerson', operator, { path: { person }, body: { is_operator: true } })
  await record('erasePerson', operator, { path: { person: id } })
}
