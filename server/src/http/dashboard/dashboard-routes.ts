import { randomBytes } from 'node:crypto'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../kernel/problem.ts'
import type { Routes } from '../api.ts'
import type { Dashboard } from './dashboard.ts'

export interface DashboardParts {
  /** Undefined where it was not built: a page says how it is. `off`: it is not served. */
  dashboard?: Dashboard | 'off' | undefined
  publicUrl?: string | undefined
}

const hide = { schema: { hide: true }, config: { isUnlimited: true } }

// Vite names what it builds by content: such a file never changes.
const HAS_HASH = /-[\w-]{8}\.\w+$/

/** The pages for people, under /dashboard. They hold no data: that comes by the API, with a session. */
export function dashboardRoutes({ dashboard, publicUrl }: DashboardParts): Routes {
  return (api) => {
    if (dashboard === 'off') return
    api.addHook('onRequest', (_request, reply, done) => {
      setHeaders(reply, publicUrl?.startsWith('https:') === true)
      done()
    })
    api.get('/', hide, (request, reply) => {
      if (!wantsPage(request)) throw new Problem(404, 'NotFound', 'Could not find this path')
      return reply.redirect('/dashboard/', 303)
    })
    api.get('/dashboard', hide, answerPage(dashboard))
    api.get('/dashboard/*', hide, answerPage(dashboard))
    if (!dashboard) return
    api.register((assets, _options, done) => {
      assets.addHook('onRoute', (route) => {
        route.config = { ...route.config, isUnlimited: true }
      })
      assets.addHook('onSend', (_request, reply, _payload, sent) => {
        // What is absent below /dashboard/assets/ is no page; and a Worker obeys the policy of its own answer.
        void reply.header('Content-Security-Policy', WORKER_POLICY)
        sent()
      })
      void assets.register(fastifyStatic, {
        root: dashboard.assets,
        prefix: '/dashboard/assets/',
        // A route a file: there is no path to go astray on.
        wildcard: false,
        decorateReply: false,
        preCompressed: true,
        cacheControl: false,
        allowedPath: (path) => !/\.(br|gz)$/.test(path),
        setHeaders: (reply, path) => {
          const lasts = HAS_HASH.test(path.replace(/\.(br|gz)$/, ''))
          void reply.header(
            'Cache-Control',
            lasts ? 'public, max-age=31536000, immutable' : 'no-cache',
          )
        },
      })
      done()
    })
  }
}

function answerPage(dashboard: Dashboard | undefined) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!wantsPage(request) || request.url.startsWith('/dashboard/assets/')) {
      throw new Problem(404, 'NotFound', 'Could not find this path')
    }
    const nonce = randomBytes(16).toString('base64')
    return reply
      .header('Cache-Control', 'no-store')
      .header('Content-Security-Policy', pagePolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(dashboard ? dashboard.document.replaceAll('__NONCE__', nonce) : NOT_BUILT)
  }
}

/** Programs that ask for a path that is not there want to be told so, in JSON. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true
}

function setHeaders(reply: FastifyReply, isHttps: boolean): void {
  void reply
    .header('X-Content-Type-Options', 'nosniff')
    .header('Referrer-Policy', 'no-referrer')
    .header('Permissions-Policy', '')
    .header('Cross-Origin-Opener-Policy', 'same-origin')
    .header('Cross-Origin-Resource-Policy', 'same-origin')
  if (isHttps) void reply.header('Strict-Transport-Security', 'max-age=31536000')
}

// The Worker that reads people's files can neither load nor send anything: the browser sees to it.
const WORKER_POLICY = "default-src 'none'; frame-ancestors 'none'"

function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Newcomer</title>
<h1>The dashboard is not built</h1>
<p>The API is there. For the dashboard run <code>npm run build</code> where Newcomer is installed,
and start it again.</p>
</html>
`
