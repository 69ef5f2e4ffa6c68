import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { callerOf, isKeyGone } from '../http/caller.ts'
import { Many, many, One, one } from '../http/envelope.ts'
import { sendEvents } from '../http/event-stream.ts'
import { EmptyBody, ListQuery } from '../http/schema.ts'
import type { Directory } from '../organizations/directory.ts'
import { DEFAULT_PAGE_SIZE, parsePosition, UUID, positionCursor } from '../kernel/database/page.ts'
import { retry } from '../kernel/database/transaction.ts'
import {
  cancelImport,
  getImport,
  journalRejects,
  requestUndo,
  startImport,
} from './change-import.ts'
import { fileRoutes } from './file-routes.ts'
import type { FileRouteParts } from './file-routes.ts'
import {
  answerImport,
  answerSummary,
  ImportAnswer,
  ImportPath,
  ImportSummary,
  RejectsQuery,
  StartQuery,
} from './import-schema.ts'
import { listImports } from './store/import-store.ts'
import { streamRejects } from './stream-rejects.ts'
import { watchImport } from './watch-import.ts'

export interface ImportRouteParts extends FileRouteParts {
  directory: Directory
}

const tags = ['imports']
const response = { 200: One(ImportAnswer) }

/** Files of customers: how they come in, what they would do, and what became of them. */
export function importRoutes(parts: ImportRouteParts): Routes {
  return (api) => {
    fileRoutes(parts)(api)
    queryRoutes(parts)(api)
    startRoute(parts)(api)
    changeRoutes(parts)(api)
    streamRoutes(parts)(api)
  }
}

function queryRoutes({ database, vault }: ImportRouteParts): Routes {
  return (api) => {
    api.get(
      '/imports',
      {
        schema: {
          operationId: 'listImports',
          tags,
          summary: 'List the imports, newest first',
          description:
            'A page goes back in time: there is no previous one. What was found in a file is told by its ' +
            'import alone.',
          querystring: ListQuery,
          response: { 200: Many(ImportSummary) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const { cursor, page_size: pageSize = DEFAULT_PAGE_SIZE } = request.query
        const bound = { organization: number }
        const { from: before } = parsePosition(cursor, bound, UUID)
        const limit = pageSize + 1
        const found = await retry(() => listImports(database.db, number, { before, limit }))
        const rows = found.slice(0, pageSize)
        const last = found.length > pageSize ? rows.at(-1) : undefined
        const next = positionCursor('after', last && { at: last.created_at, id: last.key }, bound)
        const objects = rows.map((its) => answerSummary(vault, its))
        return many(request, { objects, next, previous: null })
      },
    )
    api.get(
      '/imports/:id',
      {
        schema: {
          operationId: 'getImport',
          tags,
          summary: 'Read an import: how far it is, what was found, what it would do',
          params: ImportPath,
          response,
        },
      },
      async (request) => {
        const its = await getImport({ database }, callerOf(request), request.params.id)
        return one(answerImport(vault, its))
      },
    )
  }
}

const CHANGES = [
  {
    name: 'cancel',
    operationId: 'cancelImport',
    summary: 'Do no more of an import; what is written stays, and can be undone',
    description: 'A 409 once it has ended otherwise.',
    change: cancelImport,
  },
  {
    name: 'undo',
    operationId: 'undoImport',
    summary: 'Take back what an import gave, and nothing else',
    description:
      'What calls, orders and other imports gave stays. A 409 for an import that has not ended.',
    change: requestUndo,
  },
]

function startRoute(parts: ImportRouteParts): Routes {
  return (api) => {
    api.post(
      '/imports/:id/start',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'startImport',
          tags,
          summary: 'Start an import that is ready; the same call again changes nothing',
          description:
            'A 409 in states from which it cannot be started. A replacement that would take much away is ' +
            'started with `confirm`, the number of customers that would lose something; it is counted anew, ' +
            'and a 409 `ConfirmationNeeded` says it in `details.confirm` where another or none was given. ' +
            'Where counting takes longer than a few seconds the import comes back to `ready` later.',
          params: ImportPath,
          querystring: StartQuery,
          body: EmptyBody,
          response,
        },
      },
      async (request) => {
        const { params, query } = request
        const by = { organization: callerOf(request), act: actOf(request) }
        const its = await startImport(parts, by, params.id, query.confirm)
        return one(answerImport(parts.vault, its))
      },
    )
  }
}

function changeRoutes(parts: ImportRouteParts): Routes {
  return (api) => {
    for (const { name, operationId, summary, description, change } of CHANGES) {
      api.post(
        `/imports/:id/${name}`,
        {
          config: { errors: [409] },
          schema: {
            operationId,
            tags,
            summary,
            description,
            params: ImportPath,
            body: EmptyBody,
            response,
          },
        },
        async (request) => {
          const by = { organization: callerOf(request), act: actOf(request) }
          const its = await change(parts, by, request.params.id)
          return one(answerImport(parts.vault, its))
        },
      )
    }
  }
}

function streamRoutes(parts: ImportRouteParts): Routes {
  return (api) => {
    api.get(
      '/imports/:id/events',
      {
        // It would last as long as the import does, and say nothing.
        exposeHeadRoute: false,
        config: { answers: 'text/event-stream' },
        schema: {
          operationId: 'watchImport',
          tags,
          summary: 'Follow an import by server-sent events',
          description:
            '`progress` with the import at once and after each change, at most twice a second, without its ' +
            '`report` where that is as it was in the event before; `end` with all of it once it is ready or ' +
            'has come to an end. It ends within seconds where the caller may not read the import any more.',
          params: ImportPath,
        },
      },
      async (request, reply) => {
        const its = await getImport(parts, callerOf(request), request.params.id)
        const isOver = () => reply.raw.destroyed || api.isStopping() || isKeyGone(request)
        await sendEvents(reply, watchImport(parts, its, isOver))
      },
    )
    api.get(
      '/imports/:id/rejects.csv',
      {
        config: { answers: 'text/csv', isDownload: true },
        schema: {
          operationId: 'getImportRejects',
          tags,
          summary: 'The rows that were rejected, with their lines and why, ready to be mended',
          params: ImportPath,
          querystring: RejectsQuery,
        },
      },
      async (request, reply) => {
        const by = { organization: callerOf(request), act: actOf(request) }
        const its = await getImport(parts, by.organization, request.params.id)
        await journalRejects(parts, by, its)
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="rejects.csv"')
          .send(streamRejects(parts, its))
      },
    )
  }
}
