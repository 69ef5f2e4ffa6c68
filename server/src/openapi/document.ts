/** The parts of an OpenAPI 3.1 document that are worked on here. */
export interface OpenApi {
  openapi: string
  info: object
  servers: object[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: object }>
  components: Record<string, Record<string, Json>>
}

export type Json =
  null | boolean | number | string | Json[] | { [member: string]: Json | undefined }
export type JsonObject = { [member: string]: Json | undefined }

export interface Operation {
  operationId: string
  summary: string
  tags: string[]
  description?: string
  parameters?: { in: string; name?: string; [member: string]: Json | undefined }[]
  requestBody?: { required?: boolean; content: Record<string, Content> }
  responses: Record<string, Answer | Reference>
  security?: object[]
  /** From the route, and not in the finished document. */
  'x-route'?: RouteFacts
}

export interface Content {
  schema: JsonObject
  example?: Json
}

export interface Answer {
  description: string
  headers?: Record<string, Reference>
  content?: Record<string, Content>
}

export interface Reference {
  $ref: string
}

/** What a route's `config` says of it. */
export interface RouteFacts {
  only?: 'publisher' | 'merchant'
  errors?: readonly number[]
  answers?: string
  isStreamed?: boolean
  isUnlimited?: boolean
  /** Whether its body may be left out altogether, for all it can hold is nothing. */
  hasEmptyBody: boolean
}

export const refTo = (kind: string, name: string): Reference => ({
  $ref: `#/components/${kind}/${name}`,
})

const DESCRIPTION = `Tells, in real time, whether a publisher's customer is new to a merchant or active there.

Every answer is one JSON envelope: \`object\` or \`objects\`, or \`error\` with a message for people, a
\`type\` for programs and \`details.field\` where a field is wrong. Every report is idempotent: the same
call again is safe. \`X-Request-Id\` of an answer finds the request in the server's log.

Dates are answered as RFC 3339 in UTC with milliseconds. Given ones may be any ISO 8601 date: a day alone is
its first instant, and without a zone UTC is meant.`

/** What the routes cannot say of the API. */
export const base = {
  openapi: '3.1.0',
  info: {
    title: 'Newcomer',
    version: '1',
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [
    {
      url: '{server}',
      description: 'Wherever it is run.',
      variables: { server: { default: 'http://127.0.0.1:8080' } },
    },
  ],
  tags: [
    { name: 'customers', description: 'Report customers and read their segments.' },
    { name: 'imports', description: 'Files of customers: checked, previewed, written, undone.' },
    { name: 'orders', description: 'Report orders; what makes a customer active.' },
    { name: 'verdicts', description: 'What orders are paid as, and why.' },
    { name: 'merchants', description: 'The merchants, and how a publisher stands with each.' },
    { name: 'rate cards', description: 'What a merchant pays, in versions that are never edited.' },
    { name: 'offers', description: 'What a user would earn now, merchant by merchant.' },
    { name: 'links', description: 'Links to merchants, and the hosts they may lead to.' },
    { name: 'transactions', description: 'What publishers are owed, with every change of it.' },
    {
      name: 'reports',
      description:
        'Counts by days: who is new and active, what moved them, what is owed and matched.',
    },
    { name: 'webhooks', description: 'Endpoints that are told of events, and their deliveries.' },
    { name: 'organization', description: 'Your own organization: profile, keys, audit log.' },
    { name: 'members', description: 'The people who act for an organization, by a browser.' },
    {
      name: 'account',
      description: 'Sessions of people, for the dashboard: each call with `Newcomer-Account: 1`.',
    },
    { name: 'operator', description: 'For the operator, who runs the server.' },
    { name: 'health', description: 'For whatever watches over the server.' },
  ],
  components: {
    securitySchemes: {
      key: {
        type: 'http' as const,
        scheme: 'basic',
        description: "An organization's API key as user name, with an empty password.",
      },
      operatorKey: {
        type: 'http' as const,
        scheme: 'basic',
        description: "The operator's key as user name, with an empty password.",
      },
      session: {
        type: 'apiKey' as const,
        in: 'cookie' as const,
        name: '__Host-newcomer',
        description:
          "A person's session, from a page of the same origin, beside the header `Newcomer-Organization` under " +
          '/v1 and `Newcomer-Account: 1` elsewhere.',
      },
    },
  },
}
