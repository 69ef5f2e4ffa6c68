import type { Routes } from '../../http/api.ts'
import { One, one } from '../../http/envelope.ts'
import { publicUrl } from '../../http/public-url.ts'
import { EmptyBody } from '../../http/schema.ts'
import { clearCookie, readCookie, setCookie } from '../../http/session-cookie.ts'
import { notFound } from '../../kernel/problem.ts'
import { placeOf, stepToWire } from '../account-answer.ts'
import { SignInAnswer } from '../account-schema.ts'
import type { PeopleParts } from '../people-parts.ts'
import type { Provider } from './provider.ts'
import * as schema from './provider-schema.ts'
import { beginWithProvider, signInWithProvider } from './sign-in-with-provider.ts'

export interface ProviderParts extends PeopleParts {
  /** Undefined where the operator has configured none. */
  provider?: Provider | undefined
}

const tags = ['account']
/** The page of the dashboard that the provider sends browsers to; it is registered there. */
const PAGE = '/dashboard/sign-in/provider'

const backOf = (request: Parameters<typeof publicUrl>[0]): string => `${publicUrl(request)}${PAGE}`

/**
 * Sign-in by an OpenID Connect provider. The page that the provider sends the browser to calls, as every page
 * does: a navigation from another origin has no cookie and changes nothing.
 */
export function providerRoutes(parts: ProviderParts): Routes {
  return (api) => {
    api.get(
      '/oidc',
      {
        schema: {
          operationId: 'findProvider',
          tags,
          summary: 'The name of the provider that people can sign in with; null for none',
          response: { 200: One(schema.ProviderNameAnswer) },
        },
      },
      () => one({ name: parts.provider?.name ?? null }),
    )
    api.post(
      '/oidc/start',
      {
        config: { errors: [404, 503] },
        schema: {
          operationId: 'startProvider',
          tags,
          summary: 'Where the browser goes to sign in with the provider, within ten minutes',
          description: `It comes back to ${PAGE}, whose URL has the parameters of \`finish\`.`,
          body: EmptyBody,
          response: { 200: One(schema.ProviderUrlAnswer) },
        },
      },
      async (request, reply) => {
        const provider = providerOf(parts)
        const { url, ticket } = await beginWithProvider(parts, provider, backOf(request))
        setCookie(request, reply, 'provider', ticket)
        return one({ url })
      },
    )
    api.post(
      '/oidc/finish',
      {
        config: { errors: [401, 404] },
        schema: {
          operationId: 'signInWithProvider',
          tags,
          summary: 'Sign in with what the provider gave the browser along',
          description:
            'For people who have an account under an address that the provider has verified. It is both factors ' +
            'where the provider says so (`amr` has `mfa`); else it stands in for the password.',
          body: schema.ProviderBackBody,
          response: { 200: One(SignInAnswer) },
        },
      },
      async (request, reply) => {
        const provider = providerOf(parts)
        const { code, state, iss } = request.body
        const back = new URL(backOf(request))
        back.search = new URLSearchParams({
          code,
          state,
          ...(iss !== undefined && { iss }),
        }).toString()
        const ticket = readCookie(request, 'provider')
        clearCookie(request, reply, 'provider')
        const place = placeOf(parts.vault, request)
        const step = await signInWithProvider(parts, provider, { ticket, back }, place)
        return one(stepToWire(parts.vault, request, reply, step))
      },
    )
  }
}

function providerOf({ provider }: ProviderParts): Provider {
  if (!provider) throw notFound('a provider')
  return provider
}
