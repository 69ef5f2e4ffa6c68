import { isLoopback } from './address-rule.ts'

/** An OpenID Connect provider that people can sign in with. */
export interface ProviderConfig {
  /** As it names itself in its discovery document. */
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button says. */
  name: string
}

const NAMES = [
  'NEWCOMER_OIDC_ISSUER',
  'NEWCOMER_OIDC_CLIENT_ID',
  'NEWCOMER_OIDC_CLIENT_SECRET',
] as const

/** Undefined where nothing of it is set. */
export function parseProvider(
  text: (name: string) => string | undefined,
  faults: string[],
): ProviderConfig | undefined {
  const [issuer, clientId, clientSecret] = NAMES.map(text)
  const name = text('NEWCOMER_OIDC_NAME')
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) {
    if (name !== undefined) faults.push(`NEWCOMER_OIDC_NAME needs ${NAMES.join(', ')}`)
    return undefined
  }
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    faults.push(`${NAMES.join(', ')} belong together; set all or none`)
    return undefined
  }
  if (!isIssuer(issuer)) {
    faults.push(
      'NEWCOMER_OIDC_ISSUER must be an https URL such as https://login.example, without query; ' +
        'http only for this machine',
    )
    return undefined
  }
  return { issuer, clientId, clientSecret, name: name ?? new URL(issuer).hostname }
}

function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  if (!url || /[?#@]/.test(text)) return false
  const isHere = url.hostname === 'localhost' || isLoopback(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere)
}
