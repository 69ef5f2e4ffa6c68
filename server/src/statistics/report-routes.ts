import type { FastifyReply, FastifyRequest } from 'fastify'
import { actOf } from '../http/act.ts'
import type { Routes } from '../http/api.ts'
import { callerOf, onlyPublisher } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { writeCsvLine } from '../kernel/csv-line.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { answerCommissions, answerMatch, answerMoves, answerSegments } from './answer-reports.ts'
import { listMatchRows } from './list-match-rows.ts'
import type { ReadingParts } from './read-reports.ts'
import * as schema from './report-schema.ts'

const tags = ['reports']
const AS_OF =
  'Counted off to the side of calls, by days in UTC: `as_of_date` says when, and no number is later than that.'

/** What became of an organization's customers and money over time. */
export function reportRoutes(parts: ReadingParts): Routes {
  return (api) => {
    segmentRoutes(parts)(api)
    moveRoutes(parts)(api)
    commissionRoutes(parts)(api)
    matchRoute(parts)(api)
  }
}

function segmentRoutes(parts: ReadingParts): Routes {
  return (api) => {
    api.get(
      '/reports/segments',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'reportSegments',
          tags,
          summary: 'Your customers by segment, a day at a time',
          description: `How many were new and active at each merchant whose segments you see. ${AS_OF}`,
          querystring: schema.SegmentReportQuery,
          response: { 200: One(schema.SegmentReportAnswer) },
        },
      },
      async (request) => one(await answerSegments(parts, onlyPublisher(request), request.query)),
    )
    api.get(
      '/reports/segments.csv',
      {
        exposeHeadRoute: false,
        config: { only: 'publisher', answers: 'text/csv', isDownload: true },
        schema: {
          operationId: 'exportSegmentReport',
          tags,
          summary: 'The same as a file',
          querystring: schema.SegmentExportQuery,
        },
      },
      async (request, reply) => {
        const { days } = await answerSegments(parts, onlyPublisher(request), request.query)
        const rows = days.flatMap(({ merchants, ...rest }) =>
          merchants.map((merchant) => ({ ...rest, ...merchant })),
        )
        return sendCsv(parts, request, reply, 'segments', rows)
      },
    )
  }
}

function moveRoutes(parts: ReadingParts): Routes {
  return (api) => {
    api.get(
      '/reports/moves',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'reportMoves',
          tags,
          summary: 'How many of your customers changed their segment, and why',
          description: `The changes that you were told of, by a webhook or quietly. ${AS_OF}`,
          querystring: schema.MoveReportQuery,
          response: { 200: One(schema.MoveReportAnswer) },
        },
      },
      async (request) => one(await answerMoves(parts, onlyPublisher(request), request.query)),
    )
    api.get(
      '/reports/moves.csv',
      {
        exposeHeadRoute: false,
        config: { only: 'publisher', answers: 'text/csv', isDownload: true },
        schema: {
          operationId: 'exportMoveReport',
          tags,
          summary: 'The same as a file',
          querystring: schema.MoveExportQuery,
        },
      },
      async (request, reply) => {
        const { moves } = await answerMoves(parts, onlyPublisher(request), request.query)
        return sendCsv(parts, request, reply, 'moves', moves)
      },
    )
  }
}

function commissionRoutes(parts: ReadingParts): Routes {
  return (api) => {
    api.get(
      '/reports/commissions',
      {
        schema: {
          operationId: 'reportCommissions',
          tags,
          summary: 'What you are owed, or owe, added up',
          description:
            'By the day on which transactions were created, as they stand now. The transactions behind a number ' +
            `are listed by its day, partner, segment and status. ${AS_OF}`,
          querystring: schema.CommissionReportQuery,
          response: { 200: One(schema.CommissionReportAnswer) },
        },
      },
      async (request) => one(await answerCommissions(parts, callerOf(request), request.query)),
    )
    api.get(
      '/reports/commissions.csv',
      {
        exposeHeadRoute: false,
        config: { answers: 'text/csv', isDownload: true },
        schema: {
          operationId: 'exportCommissionReport',
          tags,
          summary: 'The same as a file',
          querystring: schema.CommissionExportQuery,
        },
      },
      async (request, reply) => {
        const { commissions } = await answerCommissions(parts, callerOf(request), request.query)
        return sendCsv(parts, request, reply, 'commissions', commissions)
      },
    )
  }
}

function matchRoute(parts: ReadingParts): Routes {
  return (api) => {
    api.get(
      '/reports/match',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'reportMatch',
          tags,
          summary: 'How many of your customers are matched, and what would raise it',
          description:
            'From the rows of your last files to the customers who are active at merchants whose segments you ' +
            `see. ${AS_OF}`,
          response: { 200: One(schema.MatchReportAnswer) },
        },
      },
      async (request) => one(await answerMatch(parts, onlyPublisher(request))),
    )
    api.get(
      '/reports/match.csv',
      {
        exposeHeadRoute: false,
        config: { only: 'publisher', answers: 'text/csv', isDownload: true },
        schema: {
          operationId: 'exportMatchReport',
          tags,
          summary: 'The same as a file',
          querystring: schema.MatchExportQuery,
        },
      },
      async (request, reply) => {
        const report = await answerMatch(parts, onlyPublisher(request))
        return sendCsv(parts, request, reply, 'match', listMatchRows(report))
      },
    )
  }
}

const COLUMNS = {
  segments: [
    ...['day', 'as_of_date', 'customers', 'matched'],
    ...['merchant_id', 'merchant_name', 'active', 'new'],
  ],
  match: [
    ...['step', 'as_of_date', 'import_id', 'code', 'kind', 'merchant_id', 'merchant_name'],
    ...['count', 'matched'],
  ],
  moves: ['day', 'merchant_id', 'merchant_name', 'segment', 'cause', 'moves'],
  commissions: [
    ...['day', 'partner_id', 'partner_name', 'segment', 'status', 'category', 'currency'],
    ...['transactions', 'order_total', 'amount'],
  ],
}

type Cell = string | number | null

/** Sends rows as a file, and notes in the journal that somebody took it. */
async function sendCsv(
  { database, clock }: ReadingParts,
  request: FastifyRequest,
  reply: FastifyReply,
  report: keyof typeof COLUMNS,
  rows: Record<string, Cell>[],
): Promise<FastifyReply> {
  const { number: organization } = callerOf(request)
  const entry = { organization, at: clock.now(), act: actOf(request), object: null }
  await inTx(database.db, (tx) =>
    appendEntry(tx, { ...entry, action: 'report.export', after: { report } }),
  )
  const columns = COLUMNS[report]
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name] ?? null))]
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${report}.csv"`)
    .send(lines.map(writeCsvLine).join(''))
}
