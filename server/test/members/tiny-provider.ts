import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const CLIENT = { clientId: 'newcomer', clientSecret: 'a secret of the tests' }

/** What the provider says of whoever is signed in there; a test changes it. */
export type ProviderClaims = Record<string, unknown>

export interface TinyProvider {
  issuer: string
  claims: ProviderClaims
  /** What it signs in place of the claims that it should; merged over them. */
  forged: ProviderClaims
  /** Whether it signs with a key that it has not published. */
  isFalse: boolean
  /** Somebody says yes there: the URL that their browser is sent to. */
  agree(url: string): Promise<URL>
  stop(): Promise<void>
}

interface Grant {
  nonce: string
  challenge: string
  redirectUri: string
}

/** An OpenID Connect provider with the code flow and PKCE, on this machine. */
export async function startTinyProvider(): Promise<TinyProvider> {
  const [keys, others] = [newKeys(), newKeys()]
  const grants = new Map<string, Grant>()
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const provider: TinyProvider = {
    ...{ issuer, claims: {}, forged: {}, isFalse: false },
    async agree(url) {
      const response = await fetch(url, { redirect: 'manual' })
      const back = response.headers.get('location')
      if (back === null) throw new Error(`the provider refused: ${await response.text()}`)
      return new URL(back)
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }

  const documents = documentsOf(issuer, keys)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    if (documents[pathname]) return send(response, 200, documents[pathname])
    if (pathname === '/authorize') {
      response.writeHead(302, { location: authorize(searchParams) }).end()
      return
    }
    const form = new URLSearchParams(await text(request))
    const token = pathname === '/token' ? exchange(form) : undefined
    if (!token) return send(response, 400, { error: 'invalid_grant' })
    send(response, 200, { access_token: randomUUID(), token_type: 'Bearer', id_token: token })
  }

  function authorize(asked: URLSearchParams): string {
    const code = randomUUID()
    const of = (name: string): string => asked.get(name) ?? ''
    const redirectUri = of('redirect_uri')
    grants.set(code, { nonce: of('nonce'), challenge: of('code_challenge'), redirectUri })
    return `${redirectUri}?${new URLSearchParams({ code, state: of('state') }).toString()}`
  }

  /** Undefined for a code that is used, or another's. */
  function exchange(form: URLSearchParams): string | undefined {
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    if (!grant) return undefined
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '')
    const isSame =
      form.get('client_secret') === CLIENT.clientSecret &&
      form.get('redirect_uri') === grant.redirectUri &&
      verifier.digest('base64url') === grant.challenge
    if (!isSame) return undefined
    const seconds = Math.floor(Date.now() / 1000)
    const { nonce } = grant
    const its = { iss: issuer, aud: CLIENT.clientId, iat: seconds, exp: seconds + 60, nonce }
    const { privateKey } = provider.isFalse ? others : keys
    return sign({ ...its, ...provider.claims, ...provider.forged }, privateKey)
  }
  return provider
}

type Keys = ReturnType<typeof newKeys>

/** Where things are, and the keys to check signatures by. */
function documentsOf(issuer: string, keys: Keys): Record<string, object> {
  return {
    '/.well-known/openid-configuration': {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
    '/keys': { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' }] },
  }
}

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

function sign(claims: object, key: Keys['privateKey']): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
