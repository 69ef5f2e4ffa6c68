import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { callerOf } from '../../http/caller.ts'
import { writeCsvLine } from '../../kernel/csv-line.ts'
import { Many, many } from '../../http/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Directory } from '../../organizations/directory.ts'
import { appendEntry } from '../append-entries.ts'
import { OPERATOR_JOURNAL } from '../entry.ts'
import type { Act } from '../entry.ts'
import * as schema from './audit-log-schema.ts'
import type { EntryFilters } from './entry-list-store.ts'
import { pageEntries, readEntries } from './read-journal.ts'

export interface AuditLogParts {
  database: Database
  directory: Directory
  clock: Clock
}

const EXPORT_DESCRIPTION =
  'As a CSV file, the oldest entry first, so that each hash is computed from the one before. The export is ' +
  'an entry itself.'

/** The journal of the calling organization. */
export function auditLogRoutes(parts: AuditLogParts): Routes {
  const tags = ['organization']
  return (api) => {
    api.get(
      '/audit-log',
      {
        schema: {
          operationId: 'listAuditLog',
          tags,
          summary: 'Who did what in your organization, and with it, newest first',
          description:
            'Kept for 400 days. Not customers, orders and links: only what sets things up.',
          querystring: schema.EntryListQuery,
          response: { 200: Many(schema.AuditLogEntryAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize } = request.query
        const filters = schema.parseEntryFilters(request.query, callerOf(request).number)
        const page = await pageEntries(parts.database.db, filters, { cursor, pageSize })
        return many(request, toWire(parts, page))
      },
    )
    api.get(
      '/audit-log.csv',
      {
        exposeHeadRoute: false,
        config: { answers: 'text/csv' },
        schema: {
          operationId: 'exportAuditLog',
          tags,
          summary: 'The same as a file, oldest first',
          description: EXPORT_DESCRIPTION,
          querystring: schema.EntryExportQuery,
        },
      },
      async (request, reply) => {
        const { number } = callerOf(request)
        const filters = schema.parseEntryFilters(request.query, number)
        await journalExport(parts, number, actOf(request), filters)
        return sendCsv(parts, reply, filters)
      },
    )
  }
}

/** The journals of all organizations, and the operator's own. */
export function operatorAuditLogRoutes(parts: AuditLogParts): Routes {
  const tags = ['operator']
  return (api) => {
    api.get(
      '/audit-log',
      {
        schema: {
          operationId: 'listAnyAuditLog',
          tags,
          summary: 'Who did what, in all organizations or in one, newest first',
          querystring: schema.AnyEntryListQuery,
          response: { 200: Many(schema.AuditLogEntryAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize, organization } = request.query
        const filters = schema.parseEntryFilters(request.query, findJournal(parts, organization))
        const page = await pageEntries(parts.database.db, filters, { cursor, pageSize })
        return many(request, toWire(parts, page))
      },
    )
    api.get(
      '/audit-log.csv',
      {
        exposeHeadRoute: false,
        config: { answers: 'text/csv' },
        schema: {
          operationId: 'exportAnyAuditLog',
          tags,
          summary: 'The same as a file, oldest first',
          description: EXPORT_DESCRIPTION,
          querystring: schema.AnyEntryExportQuery,
        },
      },
      async (request, reply) => {
        const journal = findJournal(parts, request.query.organization)
        const filters = schema.parseEntryFilters(request.query, journal)
        // Who takes an organization's journal out is told of there.
        await journalExport(parts, journal ?? OPERATOR_JOURNAL, actOf(request), filters)
        return sendCsv(parts, reply, filters)
      },
    )
  }
}

/** The number of the journal that is asked for; undefined: all. A 400 for what is no organization. */
function findJournal({ directory }: AuditLogParts, id: string | undefined): number | undefined {
  if (id === undefined) return undefined
  if (id === 'operator') return OPERATOR_JOURNAL
  const organization = directory.current().byId(id)
  if (!organization) {
    throw invalidField('organization', 'organization must be the id of one, or operator')
  }
  return organization.number
}

function toWire({ directory }: AuditLogParts, page: Awaited<ReturnType<typeof pageEntries>>) {
  const snapshot = directory.current()
  return { ...page, objects: page.objects.map((entry) => schema.entryToWire(entry, snapshot)) }
}

/** Comes before the export, so that nothing leaves without an entry. */
async function journalExport(
  { database, clock }: AuditLogParts,
  journal: number,
  act: Act,
  { start, end }: EntryFilters,
): Promise<void> {
  // What else it was filtered by could be anything.
  const after = { start: start?.toISOString() ?? null, end: end?.toISOString() ?? null }
  const organization = journal === OPERATOR_JOURNAL ? null : journal
  const what = { action: 'audit-log.export', object: null, after } as const
  await inTx(database.db, (tx) => appendEntry(tx, { organization, at: clock.now(), act, ...what }))
}

function sendCsv(
  { database, directory }: AuditLogParts,
  reply: Pick<FastifyReply, 'header' | 'send'>,
  filters: EntryFilters,
) {
  const snapshot = directory.current()
  async function* write(): AsyncGenerator<string> {
    yield writeCsvLine(schema.ENTRY_COLUMNS)
    for await (const entries of readEntries(database.db, filters)) {
      yield entries.map((entry) => writeCsvLine(schema.entryToCells(entry, snapshot))).join('')
    }
  }
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="audit-log.csv"')
    .send(Readable.from(write()))
}
