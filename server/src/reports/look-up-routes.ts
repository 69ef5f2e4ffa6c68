import { answerCustomer, CustomerAnswer } from '../customers/customer-answer.ts'
import { parseIdentifiers } from '../customers/identifier.ts'
import type { Routes } from '../http/api.ts'
import { callerOf } from '../http/caller.ts'
import { all, Many, many } from '../http/envelope.ts'
import { ListQuery } from '../http/schema.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import { CustomerParams } from './customer-schema.ts'
import { answerEvent, answerHistory } from './look-up-answer.ts'
import { CustomerEventAnswer, CustomerStandingAnswer, FindCustomersBody } from './look-up-schema.ts'
import { findCustomers, MAX_FOUND } from './read-customer.ts'
import { pageCustomerEvents, readHistory } from './read-history.ts'
import type { ReportParts } from './report-parts.ts'

export interface LookUpParts extends ReportParts {
  directory: Directory
}

const tags = ['customers']

/** What an organization asks of one customer of its own. */
export function lookUpRoutes(parts: LookUpParts): Routes {
  return (api) => {
    findRoute(parts)(api)
    api.get(
      '/customers/:id/segments',
      {
        schema: {
          operationId: 'listCustomerSegments',
          summary: "A customer's segment at each merchant, and since when",
          description:
            'The whole list at once. For a publisher one for each approved merchant that has segments ' +
            'switched on; for a merchant its own.',
          tags,
          params: CustomerParams,
          response: { 200: Many(CustomerStandingAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const history = await readHistory(parts, caller, request.params.id)
        return all(request, answerHistory(history, caller, parts.directory.current()))
      },
    )
    api.get(
      '/customers/:id/events',
      {
        schema: {
          operationId: 'listCustomerEvents',
          summary: 'What you were told of a customer, the newest first',
          description: 'Its changes of segment, for some 30 days or as long as one waits for you.',
          tags,
          params: CustomerParams,
          querystring: ListQuery,
          response: { 200: Many(CustomerEventAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize } = request.query
        const { id } = request.params
        const page = await pageCustomerEvents(parts, callerOf(request), { id, cursor, pageSize })
        const snapshot = parts.directory.current()
        const objects = page.objects.map((event) => answerEvent(event, snapshot))
        return many(request, { ...page, objects })
      },
    )
  }
}

function findRoute(parts: LookUpParts): Routes {
  return (api) => {
    api.post(
      '/customers/find',
      {
        schema: {
          operationId: 'findCustomers',
          summary: 'Find your customers by an identifier',
          description:
            `Those of yours that carry one of the identifiers, at most ${MAX_FOUND}; an empty list where ` +
            "there is none, whoever else may know them. Nothing is kept. It is a POST so that no one's hash " +
            'is in a URL.',
          tags,
          body: FindCustomersBody,
          response: { 200: Many(CustomerAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const identifiers = parseIdentifiers(request.body)
        if (identifiers.length === 0) {
          throw invalidField('email_sha256', 'Send an identifier, such as {"email_sha256":"…"}.')
        }
        const found = await findCustomers(parts, caller, identifiers)
        const snapshot = parts.directory.current()
        const objects = found.map((view) => answerCustomer(view, caller, snapshot))
        return all(request, objects)
      },
    )
  }
}
