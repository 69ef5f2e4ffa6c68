import { fastify, LogController } from 'fastify'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify'
import { enterBulkhead } from '../kernel/bulkhead.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/id.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'
import type { Logger } from '../kernel/log.ts'
import { Problem } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Directory } from '../organizations/directory.ts'
import type { KeyUses } from '../organizations/key-uses.ts'
import type { Mode } from '../kernel/config.ts'
import { answerError } from './answer-error.ts'
import { checkText } from './check-text.ts'
import { createIdentify } from './authenticate.ts'
import { identifyPerson, isDashboardCall } from './dashboard-call.ts'
import type { PersonParts } from './dashboard-call.ts'
import { createGuessThrottle } from './guess-throttle.ts'
import { ErrorAnswer } from './envelope.ts'
import { createLateCompilers } from './json/compile-late.ts'
import { DESCRIBED_FORMAT } from './schema.ts'
import type { ShellMetrics } from './shell-metrics.ts'
import { countRows, createDraw, limit } from './rate-limit.ts'
import { answerClientError, answerOddRequests } from './raw-answer.ts'
import { limitBodyTime } from './body-time.ts'
import type { BodyTimes } from './body-time.ts'
import { BODY_LIMIT, readBodies } from './read-body.ts'
import { createCursors } from './sealed-cursor.ts'
import { MINUTE_MS } from '../kernel/durations.ts'

type TrustProxyFunction = Extract<FastifyServerOptions['trustProxy'], (...rest: never[]) => unknown>

export interface ShellParts extends PersonParts {
  clock: Clock
  log: Logger
  /** Seals cursors. */
  vault: Vault
  directory: Directory
  keyUses: KeyUses
  metrics: ShellMetrics
  /** Without them limits are counted in this process alone. */
  sharedCounts?: SharedCounts
  operatorKey: string
  /** What URLs in answers begin with; as the caller wrote it where it isn't given. */
  publicUrl?: string | undefined
  /** Proxies in front: how many, or their addresses; none unless given. */
  trustProxy?: number | string[] | undefined
  /** How long bodies may take; a minute unless given. */
  bodyTimes?: BodyTimes
  /** Production unless given. */
  mode?: Mode
  isStopping(): boolean
}

// 255 characters, each percent-encoded.
const MAX_PARAM_LENGTH = 765
// Bodies have a limit of their own.
const HEADERS_TIMEOUT_MS = MINUTE_MS

/** Everything that is the same for every route. Has no route of its own and does not listen. */
export function createShell(parts: ShellParts): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = parts.log
  const app: FastifyInstance = fastify({
    loggerInstance,
    // Whose address counts: without it the socket's.
    trustProxy: trustOf(parts.trustProxy),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    genReqId: () => newId('req'),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 0,
    // A caller that asks while the program stops is still answered, and told to connect anew.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    schemaController: { compilersFactory: createLateCompilers() },
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        allErrors: false,
        useDefaults: true,
        allowUnionTypes: true,
        keywords: [DESCRIBED_FORMAT],
      },
    },
    // Node would answer a missing Host header itself, with an empty body.
    http: { requireHostHeader: false, headersTimeout: HEADERS_TIMEOUT_MS },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      setHeadersOfAll(request, reply)
      answerError(error, request, reply)
    },
  })
  answerOddRequests(app.server)
  app.decorate('publicUrl', parts.publicUrl)
  app.decorate('cursors', createCursors(parts.vault))
  app.decorate('isDevelopment', parts.mode === 'development')
  app.decorateRequest('caller', undefined)
  app.decorateRequest('session', undefined)
  app.decorateRequest('isFromDashboard', false)
  app.decorateRequest('isOperator', false)
  app.decorateRequest('formerCaller', undefined)
  app.decorateRequest('problemType', undefined)
  app.decorate('isStopping', () => parts.isStopping())
  limitBodyTime(app, parts.bodyTimes)
  readBodies(app)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw noSuchPath()
  })
  addHooks(app, parts)
  return app
}

/** The last of so many proxies is the one whose word counts. */
function trustOf(proxies: ShellParts['trustProxy']): false | string[] | TrustProxyFunction {
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : (proxies ?? false)
}

function addHooks(app: FastifyInstance, parts: ShellParts): void {
  const identify = createIdentify(parts)
  const draw = createDraw(parts.clock, parts.sharedCounts)
  app.decorate('countRows', ({ caller, session }, reply, rows) => {
    if (caller) countRows(draw, { organization: caller.organization, session }, reply, rows)
  })
  const guesses = createGuessThrottle(parts.clock, parts.sharedCounts)
  const identifyOrThrottle = (request: FastifyRequest): void => {
    if (request.headers.authorization === undefined) return
    guesses.check(request.ip)
    const unknown = identify(request)
    if (unknown !== undefined) guesses.count(request.ip, unknown)
  }
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide) return
    const responses = (route.schema?.response ?? {}) as Record<string, unknown>
    route.schema = {
      ...route.schema,
      response: { ...responses, '4xx': ErrorAnswer, '5xx': ErrorAnswer },
    }
  })
  app.addHook('onRequest', (request, reply, done) => {
    enterBulkhead((error) => {
      if (reply.sent) request.raw.destroy()
      else answerError(error, request, reply)
    }, done)
  })
  app.addHook('onRequest', (request, reply, done) => {
    setHeadersOfAll(request, reply)
    const admit = (): void => {
      limit(draw, request, reply)
      // Before its body is read: nobody wants it.
      if (request.is404) throw noSuchPath()
    }
    // Who may always come in is asked for nothing, so that health is told also where keys can't be looked up.
    const { isUnlimited } = request.routeOptions.config
    if (!isUnlimited && isDashboardCall(request)) {
      reply.header('Cache-Control', 'no-store')
      const identified = identifyPerson(parts, draw, request, reply)
      return void identified.then(admit).then(() => done(), done)
    }
    if (!isUnlimited) identifyOrThrottle(request)
    admit()
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    app.cursors.open(request)
    done()
  })
  app.addHook('preHandler', checkText)
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Otherwise a connection that was busy when the stop began would be kept alive through it.
    if (parts.isStopping()) reply.header('Connection', 'close')
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request)
    const { method } = request
    const { statusCode: status, elapsedTime: ms } = reply
    parts.metrics.observeRequest({ method, route, status }, ms / 1000)
    request.log.info(
      { method, route, status, ms: Math.round(ms * 10) / 10, ...whoOf(request) },
      'request',
    )
    done()
  })
}

// No answer is a page, but for those of the dashboard, which say so.
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'"

/** What every answer has, also one to what no route is asked about. */
function setHeadersOfAll(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.id)
  reply.header('X-Content-Type-Options', 'nosniff')
  reply.header('Content-Security-Policy', NO_PAGE)
}

function noSuchPath(): Problem {
  return new Problem(404, 'NotFound', 'Could not find this path')
}

function whoOf({ caller, session, isOperator }: FastifyRequest) {
  const actor = session?.person.id ?? caller?.keyId ?? (isOperator ? 'operator' : undefined)
  return { organization: caller?.organization.id, actor }
}

/** The pattern of the route: the path itself has ids in it. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
}
