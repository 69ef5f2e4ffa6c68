import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Api, Routes } from '../http/api.ts'
import { toInvalidField } from '../http/answer-error.ts'
import { actOf } from '../http/act.ts'
import { callerOf } from '../http/caller.ts'
import { ErrorMember, None, none, Warned } from '../http/envelope.ts'
import type { Warning } from '../http/envelope.ts'
import { closed, NullableString, OneOf } from '../http/schema.ts'
import { BATCH_BODY_LIMIT } from '../http/read-body.ts'
import { invalidField, Problem } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { CustomerView } from '../customers/customer.ts'
import { answerCustomer, CustomerAnswer } from '../customers/customer-answer.ts'
import { SHARED_LIMIT } from '../customers/identity.ts'
import { MAX_IDENTIFIERS, parseIdentifiers } from '../customers/identifier.ts'
import { eraseCustomer } from './erase-customer.ts'
import { createReadCustomer } from './read-customer.ts'
import { createReportCustomer } from './report-customers.ts'
import type { CustomerReport, Reported } from './report-customers.ts'
import type { ReportParts } from './report-parts.ts'

export interface CustomerRouteParts extends ReportParts {
  directory: Pick<Directory, 'current'>
}

type ReportCustomer = (report: CustomerReport) => Promise<Reported>

const MAX_BATCH = 1_000
// So many rows of a batch wait at once: all of them together would stand before whatever else its
// organization reports, and would hold the event loop for tens of milliseconds.
const PIECE = 128

const ID_PATTERN = /^[\x21-\x7E]{1,255}$/
const CustomerId = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7E]+$',
  description: "The organization's own stable id: 1 to 255 characters of ASCII 0x21 to 0x7E.",
})

const Nullable = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description }))

const identifierMembers = {
  email_sha256: Nullable('SHA-256 of the trimmed, lower-cased e-mail address: 64 hex digits.'),
  emails_sha256: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      maxItems: MAX_IDENTIFIERS,
      description: 'Several of the same; joined with `email_sha256`.',
    }),
  ),
  advertising_id: Nullable('IDFA or Android advertising id. The all-zero id means none.'),
}

const CustomerBody = Type.Object(
  { id: CustomerId, ...identifierMembers },
  { ...closed, title: 'CustomerReport' },
)
const IdentifiersBody = Type.Object(
  { id: Type.Optional(CustomerId), ...identifierMembers },
  { ...closed, title: 'Identifiers' },
)
const BatchBody = Type.Object(
  // Each row is checked by itself, so that a bad one is its own answer and not the batch's.
  {
    customers: Type.Array(Type.Unknown(), {
      minItems: 1,
      maxItems: MAX_BATCH,
      description: 'Each as in `reportCustomer`.',
    }),
  },
  closed,
)
const BatchResult = Type.Object(
  {
    id: NullableString,
    status: OneOf(['created', 'updated', 'unchanged', 'rejected']),
    error: Type.Optional(ErrorMember),
  },
  { title: 'BatchResult' },
)
const SHARED = {
  type: 'SharedIdentifier',
  message:
    `An identifier of this customer is on more than ${SHARED_LIMIT} of your customers: it stands ` +
    'for no one person and matches nobody. Replace it, or leave it out.',
}
type BatchRow = Static<typeof BatchResult>
const Results = Type.Object({
  meta: Type.Object({ status: Type.Literal('ok') }),
  objects: Type.Array(BatchResult),
})
const CustomerParams = Type.Object({ id: Type.String() })

/** An organization's customers. The bench passes a `reportCustomer` that does not batch calls. */
export function customerRoutes(
  parts: CustomerRouteParts,
  reportCustomer: ReportCustomer = createReportCustomer(parts),
): Routes {
  const readCustomer = createReadCustomer(parts)
  const answer: Answer = (organization, view) => ({
    meta: { status: 'ok', ...(view.isShared && { warnings: [SHARED] }) },
    object: answerCustomer(view, organization, parts.directory.current()),
  })
  return (api) => {
    addReportRoutes(api, reportCustomer, answer)
    api.get(
      '/customers/:id',
      {
        schema: {
          operationId: 'getCustomer',
          summary: 'Read a customer',
          description: 'With its segment at each merchant, as it is now.',
          tags: ['customers'],
          params: CustomerParams,
          response: { 200: Warned(CustomerAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        return answer(caller, await readCustomer(caller, request.params.id))
      },
    )
    api.delete(
      '/customers/:id',
      {
        schema: {
          operationId: 'eraseCustomer',
          summary: 'Erase a customer and its identifiers',
          description: 'For good, and out of the orders, clicks and transactions that name it.',
          tags: ['customers'],
          params: CustomerParams,
          response: { 200: None },
        },
      },
      async (request) => {
        const by = { organization: callerOf(request), act: actOf(request) }
        await eraseCustomer(parts, by, request.params.id)
        return none()
      },
    )
  }
}

type Answer = (
  organization: Organization,
  view: CustomerView,
) => {
  meta: { status: 'ok'; warnings?: Warning[] }
  object: Static<typeof CustomerAnswer>
}

function addReportRoutes(api: Api, reportCustomer: ReportCustomer, answer: Answer): void {
  api.post(
    '/customers',
    {
      schema: {
        operationId: 'reportCustomer',
        summary: 'Report a customer; the same call again changes nothing',
        description:
          'Identifiers are joined with those reported before; none is removed. What was accepted but ' +
          'matches nobody is named in `meta.warnings`.',
        tags: ['customers'],
        body: CustomerBody,
        response: { 200: Warned(CustomerAnswer) },
      },
    },
    async (request) => {
      const organization = callerOf(request)
      const report = readReport(organization, request.body)
      return answer(organization, (await reportCustomer(report)).customer)
    },
  )
  api.put(
    '/customers/:id',
    {
      schema: {
        operationId: 'replaceCustomer',
        summary: "Replace a customer's identifiers",
        description:
          'Identifiers that are not named are removed. Creates the customer where there is none.',
        tags: ['customers'],
        params: Type.Object({ id: CustomerId }),
        body: IdentifiersBody,
        response: { 200: Warned(CustomerAnswer) },
      },
    },
    async (request) => {
      const organization = callerOf(request)
      const { id } = request.params
      if (request.body.id !== undefined && request.body.id !== id) {
        throw invalidField('id', 'id is not the one in the path; leave it out of the body')
      }
      const report = { ...readReport(organization, { ...request.body, id }), replaces: true }
      return answer(organization, (await reportCustomer(report)).customer)
    },
  )
  addBatchRoute(api, reportCustomer)
}

function addBatchRoute(api: Api, reportCustomer: ReportCustomer): void {
  api.post(
    '/customers/batch',
    {
      bodyLimit: BATCH_BODY_LIMIT,
      schema: {
        operationId: 'reportCustomers',
        summary: 'Report up to 1,000 customers; one result a row, in order',
        description:
          'A row that is rejected says why, and does not fail its neighbours. Each row counts as a request. ' +
          'A batch is let in as long as the minute has any left; what it uses beyond is taken from the ' +
          'minutes after.',
        tags: ['customers'],
        body: BatchBody,
        response: { 200: Results },
      },
    },
    async (request, reply) => {
      const organization = callerOf(request)
      const check = request.compileValidationSchema(CustomerBody)
      const reportRow = async (row: unknown): Promise<BatchRow> => {
        if (!check(row)) throw toInvalidField(check.errors?.[0] ?? NO_FAULT, 'body')
        const report = readReport(organization, row as Static<typeof CustomerBody>)
        const { status } = await reportCustomer(report)
        return { id: report.id, status }
      }
      const { customers } = request.body
      request.server.countRows(request, reply, customers.length)
      const objects: BatchRow[] = []
      for (let from = 0; from < customers.length; from += PIECE) {
        const piece = customers
          .slice(from, from + PIECE)
          .map((row) => reportRow(row).catch((error: unknown) => rejected(row, error)))
        objects.push(...(await Promise.all(piece)))
      }
      return { meta: { status: 'ok' as const }, objects }
    },
  )
}

const NO_FAULT = { keyword: '', instancePath: '', schemaPath: '', params: {} }

/** A row that can be mended is answered as such; a bug fails the call. */
function rejected(row: unknown, error: unknown): BatchRow {
  if (!(error instanceof Problem)) throw error
  const id = row !== null && typeof row === 'object' && 'id' in row ? row.id : null
  const { message, type, details } = error
  const isReadable = typeof id === 'string' && ID_PATTERN.test(id)
  return { id: isReadable ? id : null, status: 'rejected', error: { message, type, details } }
}

function readReport(
  organization: Organization,
  { id, ...identifiers }: Static<typeof CustomerBody>,
): CustomerReport {
  return { organization, id, identifiers: parseIdentifiers(identifiers), replaces: false }
}
