import { TOTP, Secret } from 'otpauth'
import type { Clock } from '../../src/kernel/clock.ts'
import { createSetUpToken } from '../../src/members/set-up.ts'
import { must } from '../support/network.ts'
import type { Answer, Network } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'

export const PASSWORD = 'seven green bicycles'

/** What stands after `#` in a link. */
export const tokenOf = (link: string): string => link.slice(link.indexOf('#') + 1)

/** The code that a program of one-time codes shows now. */
export function codeOf(secret: string, clock: Clock): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  return totp.generate({ timestamp: clock.now().getTime() })
}

export interface SignedIn {
  browser: Browser
  id: string
  email: string
}

/** Somebody who has accepted an invitation to the organization, made with its key. */
export async function joinOrganization(
  network: Network,
  organization: { call: Network['operator']['call'] },
  email: string,
  grant: object,
): Promise<SignedIn> {
  const path = '/v1/invitations'
  const { link } = await must(organization.call('POST', path, { email, ...grant }))
  return accept(network, link, email)
}

/** Opens the link in a browser of one's own and makes an account. */
export async function accept(
  network: { url: string },
  link: string,
  email: string,
): Promise<SignedIn> {
  const browser = openBrowser(network.url)
  const body = { token: tokenOf(link), name: email.split('@')[0], password: PASSWORD }
  await must(browser.account('POST', '/account/v1/invitations/accept', body))
  const { id } = await must(browser.account('GET', '/account/v1/me'))
  return { browser, id, email }
}

/** What the first start prints a link with. */
export async function setUpTokenOf({ server }: Pick<Network, 'server'>): Promise<string> {
  const token = await createSetUpToken(server.parts)
  if (token === undefined) throw new Error('there is an operator already')
  return token
}

/** The first operator, by the link that the first start prints. */
export async function setUpOperator(network: Network, email: string): Promise<SignedIn> {
  const token = await setUpTokenOf(network)
  const browser = openBrowser(network.url)
  const body = { token, name: 'Olu', email, password: PASSWORD }
  await must(browser.account('POST', '/account/v1/setup', body))
  const { id } = await must(browser.account('GET', '/account/v1/me'))
  return { browser, id, email }
}

export function signIn(browser: Browser, email: string, password = PASSWORD): Promise<Answer> {
  return browser.account('POST', '/account/v1/sign-in', { email, password })
}
