import type { Configuration } from 'openid-client'
import { MINUTE_MS } from '../../kernel/durations.ts'
import type { ProviderConfig } from '../../kernel/provider-config.ts'

/** The person that an OpenID Connect provider names. */
export interface ProviderIdentity {
  /** What the provider knows them by, whatever their address is. */
  subject: string
  email: string
  /** Whether they proved it there by more than one factor (`amr` has `mfa`, RFC 8176). */
  isByTwoFactors: boolean
}

/** What has to be known again when the browser comes back; no secret of it leaves this program. */
export interface ProviderStart {
  state: string
  nonce: string
  verifier: string
}

/** The organization-wide sign-in that the operator has configured. */
export interface Provider {
  /** What the button says. */
  name: string
  issuer: string
  /** Where the browser goes, and what is needed when it is back. Throws where the provider does not answer. */
  begin(redirectUri: string): Promise<{ url: string; start: ProviderStart }>
  /** Exchanges the code; undefined where the provider names no address that it has verified. Throws for the rest. */
  finish(back: URL, start: ProviderStart): Promise<ProviderIdentity | undefined>
}

const TIMEOUT_SECONDS = 10
// The provider's keys are looked up anew by the library; where its endpoints are changes rarely.
const DISCOVERED_MS = 60 * MINUTE_MS

/** Authorization code flow with PKCE, state and nonce; openid-client checks what comes back. */
export function createProvider({ name, issuer, clientId, clientSecret }: ProviderConfig): Provider {
  let discovered: { at: number; configuration: Promise<Configuration> } | undefined

  async function load() {
    // 37 ms, which only those who use it have to wait for.
    const oidc = await import('openid-client')
    if (!discovered || performance.now() - discovered.at > DISCOVERED_MS) {
      const isPlain = issuer.startsWith('http:')
      const configuration = oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
        timeout: TIMEOUT_SECONDS,
        // The signature too: without this the library takes the connection to the provider for enough.
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(isPlain ? [oidc.allowInsecureRequests] : []),
        ],
      })
      discovered = { at: performance.now(), configuration }
      configuration.catch(() => (discovered = undefined))
    }
    return { oidc, configuration: await discovered.configuration }
  }

  return {
    name,
    issuer,
    async begin(redirectUri) {
      const { oidc, configuration } = await load()
      const start = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid email',
        state: start.state,
        nonce: start.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(start.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, start }
    },
    async finish(back, { state, nonce, verifier }) {
      const { oidc, configuration } = await load()
      const tokens = await oidc.authorizationCodeGrant(configuration, back, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (typeof claims?.['email'] !== 'string' || claims['email_verified'] !== true) {
        return undefined
      }
      const { sub: subject, email, amr } = claims
      return { subject, email, isByTwoFactors: Array.isArray(amr) && amr.includes('mfa') }
    },
  }
}
