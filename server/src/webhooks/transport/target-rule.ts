import { createAddressRule, LOOPBACK } from '../../kernel/address-rule.ts'
import type { AddressRule } from '../../kernel/address-rule.ts'
import type { Config } from '../../kernel/config.ts'

/**
 * SSRF guard: where webhooks may go. The owner of a webhook chooses where this server connects to, so
 * the choice is checked as if it were hostile: when it is made, and again at every attempt.
 */
export interface TargetRule {
  /** Also allows http, any port, this machine, and names that only it knows. */
  isDevelopment: boolean
  ports: readonly number[]
  mayConnect: AddressRule
}

type TargetConfig = Pick<Config, 'mode' | 'webhookAllow' | 'webhookPorts'>

export function createTargetRule({ mode, webhookAllow, webhookPorts }: TargetConfig): TargetRule {
  const isDevelopment = mode === 'development'
  const allowed = isDevelopment ? [...webhookAllow, ...LOOPBACK] : webhookAllow
  return { isDevelopment, ports: webhookPorts, mayConnect: createAddressRule(allowed) }
}

/** What is wrong with a target, as far as the URL alone tells, without DNS. */
export function findTargetFault(url: URL, rule: TargetRule): string | undefined {
  const isHttp = url.protocol === 'http:'
  if (url.protocol !== 'https:' && !(isHttp && rule.isDevelopment)) {
    return rule.isDevelopment
      ? 'url must begin with https:// or http://'
      : 'url must begin with https://: what goes over http can be read and changed on its way'
  }
  if (url.username || url.password) {
    return 'url must not contain a user name or password; verify the signature instead'
  }
  const port = Number(url.port || (isHttp ? 80 : 443))
  if (!rule.isDevelopment && !rule.ports.includes(port)) {
    return `url must use port ${rule.ports.join(' or ')}; the operator can allow others`
  }
  const address = literalOf(url)
  if (address !== undefined && !rule.mayConnect(address)) {
    return 'url must lead to a public address; the operator can allow others'
  }
  return undefined
}

/** The IP address that a URL has in place of a name, in the one spelling to which the parser brings all. */
function literalOf({ hostname }: URL): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  if (/^[\d.]+$/.test(hostname)) return hostname
  // RFC 6761: these names are loopback everywhere.
  return /(^|\.)localhost\.?$/.test(hostname) ? '127.0.0.1' : undefined
}
