import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Api, Routes } from '../http/api.ts'
import { toInvalidField } from '../http/answer-error.ts'
import { actOf } from '../http/act.ts'
import { callerOf } from '../http/caller.ts'
import { None, none, Warned, warned, warnedMeta } from '../http/envelope.ts'
import { BATCH_BODY_LIMIT } from '../http/read-body.ts'
import { Warnings } from '../http/warnings.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { CustomerView } from '../customers/customer.ts'
import { answerCustomer, CustomerAnswer } from '../customers/customer-answer.ts'
import { listEmptyIdentifiers, withoutEmpty } from '../customers/empty-identifier.ts'
import { SHARED_LIMIT } from '../customers/identity.ts'
import { parseIdentifiers } from '../customers/identifier.ts'
import {
  adoptCustomerId,
  BatchBody,
  CustomerBody,
  CustomerId,
  CustomerParams,
  IdentifiersBody,
  rejected,
  Results,
} from './customer-schema.ts'
import type { BatchRow } from './customer-schema.ts'
import { eraseCustomer } from './erase-customer.ts'
import { createReadCustomer } from './read-customer.ts'
import { createReportCustomer } from './report-customers.ts'
import type { CustomerReport, Reported } from './report-customers.ts'
import type { ReportParts } from './report-parts.ts'

export interface CustomerRouteParts extends ReportParts {
  directory: Pick<Directory, 'current'>
}

type ReportCustomer = (report: CustomerReport) => Promise<Reported>

// So many rows of a batch wait at once: all of them together would stand before whatever else its
// organization reports, and would hold the event loop for tens of milliseconds.
const PIECE = 128

const SHARED = {
  type: 'SharedIdentifier',
  message:
    `An identifier of this customer is on more than ${SHARED_LIMIT} of your customers: it stands ` +
    'for no one person and matches nobody. Replace it, or leave it out.',
}

/** An organization's customers. The bench passes a `reportCustomer` that does not batch calls. */
export function customerRoutes(
  parts: CustomerRouteParts,
  reportCustomer: ReportCustomer = createReportCustomer(parts),
): Routes {
  const readCustomer = createReadCustomer(parts)
  const answer: Answer = (organization, view, warnings = new Warnings()) => {
    if (view.isShared) warnings.add(SHARED)
    return warned(answerCustomer(view, organization, parts.directory.current()), warnings)
  }
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
  warnings?: Warnings,
) => ReturnType<typeof warned<Static<typeof CustomerAnswer>>>

const adoptId = (request: { body: unknown }, _reply: unknown, done: () => void): void => {
  adoptCustomerId(request.body)
  done()
}

// Where the body is what is to be there afterwards, none at all must not mean nothing.
const NOTHING_SENT =
  'Send what identifies the customer, such as {"email_sha256":"…"}, or {} to remove all of it.'

function addReportRoutes(api: Api, reportCustomer: ReportCustomer, answer: Answer): void {
  api.post(
    '/customers',
    {
      schema: {
        operationId: 'reportCustomer',
        summary: 'Report a customer; the same call again changes nothing',
        description:
          'Identifiers are joined with those reported before; none is removed. Empty ones are absent. What ' +
          'was accepted but matches nobody or is not known is named in `meta.warnings`.',
        tags: ['customers'],
        body: CustomerBody,
        response: { 200: Warned(CustomerAnswer) },
      },
      preValidation: adoptId,
    },
    async (request) => {
      const organization = callerOf(request)
      const { body } = request
      const report = readReport(organization, body)
      const warnings = new Warnings()
        .addUnknown(CustomerBody, body)
        .addAll(listEmptyIdentifiers(body))
      return answer(organization, (await reportCustomer(report)).customer, warnings)
    },
  )
  api.put(
    '/customers/:id',
    {
      schema: {
        operationId: 'replaceCustomer',
        summary: "Replace a customer's identifiers",
        description:
          'Identifiers that are not named are removed, with `{}` all of them; so a body has to be there, and ' +
          'a member that is not known is a 400. Creates the customer where there is none.',
        tags: ['customers'],
        params: Type.Object({ id: CustomerId }),
        body: IdentifiersBody,
        response: { 200: Warned(CustomerAnswer) },
      },
      config: { bodyNeeded: NOTHING_SENT },
      preValidation: adoptId,
    },
    async (request) => {
      const organization = callerOf(request)
      const { id } = request.params
      if (request.body.id !== undefined && request.body.id !== id) {
        throw invalidField('id', 'id is not the one in the path; leave it out of the body')
      }
      const report = { ...readReport(organization, { ...request.body, id }), replaces: true }
      const warnings = new Warnings().addAll(listEmptyIdentifiers(request.body))
      return answer(organization, (await reportCustomer(report)).customer, warnings)
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
      const warnings = new Warnings().addUnknown(BatchBody, request.body)
      const reportRow = async (row: unknown, index: number): Promise<BatchRow> => {
        adoptCustomerId(row)
        if (!check(row)) throw toInvalidField(check.errors?.[0] ?? NO_FAULT, 'body')
        const body = row as CustomerBody
        const report = readReport(organization, body)
        warnings
          .addUnknown(CustomerBody, body, ['customers', index])
          .addAll(listEmptyIdentifiers(body, `customers[${index}].`))
        const { status } = await reportCustomer(report)
        return { id: report.id, status }
      }
      const { customers } = request.body
      request.server.countRows(request, reply, customers.length)
      const objects: BatchRow[] = []
      for (let from = 0; from < customers.length; from += PIECE) {
        const piece = customers
          .slice(from, from + PIECE)
          .map((row, index) =>
            reportRow(row, from + index).catch((error: unknown) => rejected(row, error)),
          )
        objects.push(...(await Promise.all(piece)))
      }
      return { meta: warnedMeta(warnings), objects }
    },
  )
}

const NO_FAULT = { keyword: '', instancePath: '', schemaPath: '', params: {} }

function readReport(
  organization: Organization,
  { id, ...identifiers }: CustomerBody,
): CustomerReport {
  return {
    organization,
    id,
    identifiers: parseIdentifiers(withoutEmpty(identifiers)),
    replaces: false,
  }
}
