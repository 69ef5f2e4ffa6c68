import type { FastifyRequest } from 'fastify'
import { Problem, invalidField, notFound } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import type { RoutePermission } from '../organizations/permission.ts'
import type { Session } from '../organizations/session.ts'
import { unauthorized } from './caller.ts'
import { namedOrganization } from './dashboard-call.ts'

type Hook = (request: FastifyRequest, reply: unknown, done: (error?: Error) => void) => void

/** Lets organizations in: by their keys, or by a person who may make this very call for them. */
export function createRequireCaller(
  directory: Directory,
  permissions: Readonly<Record<string, RoutePermission>>,
): Hook {
  return (request, _reply, done) => {
    if (!request.caller) {
      const { operationId = '' } = request.routeOptions.schema ?? {}
      const route = permissions[operationId]
      if (!route) throw new Error(`${operationId} has no entry in the table of permissions`)
      request.caller = { organization: authorize(request, directory, route) }
    }
    done()
  }
}

function authorize(request: FastifyRequest, directory: Directory, route: RoutePermission) {
  const { needs, isStepUp } = route
  const { session } = request
  if (!session) throw notSignedIn(request)
  const id = namedOrganization(request)
  if (id === undefined) {
    throw invalidField('Newcomer-Organization', 'Newcomer-Organization must name the organization')
  }
  requireWholeSession(session)
  const organization = session.permissions && directory.current().byId(id)
  // One that there is not answers like one that the person is no member of.
  if (!organization) throw notFound('this organization')
  if (session.isLook && !isReading(request, route)) {
    const message = 'You look at this organization as an operator: to read, and to change nothing.'
    throw new Problem(403, 'LookOnly', message)
  }
  if (needs !== 'membership' && !session.permissions?.includes(needs)) {
    throw new Problem(403, 'Forbidden', `This needs the permission ${needs}.`, {
      permission: needs,
    })
  }
  if (isStepUp) requireStepUp(session)
  return organization
}

/** What needs a step-up is more than a look, even where it only reads. */
function isReading({ method }: FastifyRequest, { isRead, isStepUp }: RoutePermission): boolean {
  return isStepUp !== true && (isRead === true || ['GET', 'HEAD'].includes(method))
}

/** Lets the operator in: by its key, or as a person who is one and has proved lately who it is to change things. */
export const requireOperator: Hook = (request, _reply, done) => {
  if (!request.isOperator) {
    const { session } = request
    if (!session) throw notSignedIn(request)
    requireWholeSession(session)
    if (!session.person.isOperator) throw new Problem(403, 'Forbidden', 'This is for operators.')
    if (!['GET', 'HEAD'].includes(request.method)) requireStepUp(session)
    request.isOperator = true
  }
  done()
}

/** The person who calls. @throws Problem 401 where nobody is signed in */
export function sessionOf(request: Pick<FastifyRequest, 'session'>): Session {
  if (!request.session) throw signInRequired()
  return request.session
}

/** Without its second factor a session opens nothing but the way to one. @throws Problem 403 */
export function requireWholeSession({ isEnrolling }: Session): void {
  if (!isEnrolling) return
  const message = 'A second factor is required; enrol one first: POST /account/v1/factors/totp.'
  throw new Problem(403, 'SecondFactorRequired', message)
}

/** A call that matters asks its person to prove once more who they are. @throws Problem 403 */
export function requireStepUp({ isFresh }: Session): void {
  if (isFresh) return
  const message = 'Confirm first that it is you, by password or passkey: POST /account/v1/step-up.'
  throw new Problem(403, 'StepUpRequired', message)
}

/** Without a realm, so that browsers ask for no name and password of their own. */
function signInRequired(): Problem {
  return new Problem(401, 'SignInRequired', 'Sign in first.')
}

function notSignedIn(request: FastifyRequest): Problem {
  return request.isFromDashboard ? signInRequired() : unauthorized('Invalid api_key')
}
