import type {
  FastifyError,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify'
import { Problem, invalidField } from '../kernel/problem.ts'
import { isTransient, databaseUnavailable } from '../kernel/database/transaction.ts'
import { failed } from './envelope.ts'
import { fieldPath, printable } from './json/field-path.ts'

/** The one door out: what the caller can fix says how, anything else is a 500, logged once. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request)
  if (problem === undefined) {
    request.log.error({ err: error }, 'A request failed for a reason that is a bug.')
    const message = 'Something went wrong here, not with the request; the id finds it in the log.'
    void reply.code(500).send(failed('InternalError', message, { request_id: request.id }))
    return
  }
  request.problemType = problem.type
  // Browsers would ask for a name and a password of their own.
  if (problem.status === 401 && !request.isFromDashboard)
    reply.header('WWW-Authenticate', 'Basic realm="newcomer"')
  const { seconds } = problem.details
  if (problem.status === 429 && typeof seconds === 'number') reply.header('Retry-After', seconds)
  if (problem.status === 503) reply.header('Retry-After', '1')
  void reply.code(problem.status).send(failed(problem.type, problem.message, problem.details))
}

/** Undefined for a bug. Messages of the framework are replaced: some of them quote the request. */
function toProblem(error: unknown, request: FastifyRequest): Problem | undefined {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return undefined
  const { code, statusCode, validation, validationContext } = error as Partial<FastifyError>
  if (validation?.[0]) return toInvalidField(validation[0], validationContext ?? 'body')
  if (BROKEN.includes(code ?? '') && isCutOff(request)) {
    return new Problem(400, 'BadRequest', 'The connection broke before the whole body had come.')
  }
  // A read that nobody tried again; a tx was, and says so itself.
  if (isTransient(error)) return databaseUnavailable()
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const most = request.routeOptions.bodyLimit
      return new Problem(413, 'BodyTooLarge', `The body is larger than ${most} bytes.`, {
        limit: most,
      })
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongContentType(request)
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem(400, 'BadRequest', 'The body is not as long as Content-Length says.')
    case 'FST_ERR_BAD_URL':
      return new Problem(400, 'BadRequest', 'The path is not valid percent-encoding.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem(414, 'PathTooLong', 'A part of the path is too long.')
    default: {
      const isTheirs = statusCode !== undefined && statusCode >= 400 && statusCode < 500
      if (!isTheirs) return undefined
      return new Problem(statusCode, 'BadRequest', 'The request could not be read.')
    }
  }
}

// What reading a body fails with when its sender leaves, or is silent for too long.
const BROKEN = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']

function isCutOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete
}

type RouteConfig = Pick<FastifyRequest['routeOptions'], 'config'>

export function wrongContentType({ routeOptions }: { routeOptions: RouteConfig }): Problem {
  return new Problem(
    415,
    'UnsupportedMediaType',
    routeOptions.config.isStreamed
      ? 'The body must be the file itself: send it with the header Content-Type: text/csv.'
      : 'The body must be JSON in UTF-8: send it with the header Content-Type: application/json.',
  )
}

/** A schema's verdict, as the field it is about and what is wrong with it. */
export function toInvalidField(fault: FastifySchemaValidationError, context: string): Problem {
  const steps = stepsOf(fault.instancePath)
  const { missingProperty, additionalProperty, allowedValues } = fault.params
  if (typeof missingProperty === 'string') steps.push(missingProperty)
  if (typeof additionalProperty === 'string') steps.push(additionalProperty)
  const field = fieldPath(steps)
  const where = context === 'querystring' ? 'a parameter' : 'a field'
  if (typeof missingProperty === 'string') return invalidField(field, `${field} is required`)
  if (typeof additionalProperty === 'string') {
    return invalidField(field, `${field} is not ${where} of this call`)
  }
  if (Array.isArray(allowedValues)) {
    return invalidField(field, `${field} must be one of ${allowedValues.map(String).join(', ')}`)
  }
  return invalidField(field, `${field} ${sayFault(fault)}`)
}

/** `/line_items/0/total` as steps. A name of digits only is taken for an index: it reads the same. */
function stepsOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d{1,9}$/.test(step) ? Number(step) : step))
}

function sayFault({ keyword, params, message }: FastifySchemaValidationError): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params['type']].flat().map(String).join(' or ')}`
    case 'pattern':
      return `must match ${printable(String(params['pattern']))}`
    default:
      return message ?? 'is not valid'
  }
}
