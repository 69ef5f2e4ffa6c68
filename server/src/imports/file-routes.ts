import { Readable } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'
import type { Api, Routes } from '../http/api.ts'
import { callerOf } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import { invalidField, Problem, unavailable } from '../kernel/problem.ts'
import type { Organization } from '../organizations/organization.ts'
import { createImport, getImport } from './change-import.ts'
import type { ChangeParts } from './change-import.ts'
import type { Import } from './import.ts'
import {
  answerImport,
  FileQuery,
  ImportAnswer,
  ImportPath,
  NewImportQuery,
  readOptions,
} from './import-schema.ts'
import { receiveFile } from './receive-file.ts'
import type { Incoming } from './receive-file.ts'

const tags = ['imports']
const config = { isStreamed: true }
const response = { 200: One(ImportAnswer) }
const consumes = ['text/csv']

// Each has a thread of its own; who comes later is told to come again.
const MAX_RECEIVING = 4

/** The two calls that take a file, of any length, as it comes. */
export function fileRoutes(parts: ChangeParts): Routes {
  const receive = createReceive(parts)
  return (scope) => {
    scope.register((api: Api, _options, done) => {
      takeStreams(api)
      api.post(
        '/imports',
        {
          config,
          schema: {
            operationId: 'createImport',
            tags,
            summary: 'Import a file of customers',
            description:
              'The body is the file, as `text/csv`, perhaps with `Content-Encoding: gzip` or `zstd`. Without ' +
              'a body the file follows by `PUT …/file`. With an `Idempotency-Key` the same call again ' +
              'answers the import that it made, as long as that has not come to an end.',
            consumes,
            querystring: NewImportQuery,
            response,
          },
        },
        async (request) => {
          const organization = callerOf(request)
          const repeatKey = readRepeatKey(request.headers)
          const options = readOptions(organization, request.query, repeatKey)
          const encoding = readEncoding(request.headers)
          const { its, isNew } = await createImport(parts, organization, options)
          const body = request.body as Readable | undefined
          if (!body) return one(answerImport(parts.vault, its))
          if (!isNew) {
            body.resume()
            return one(answerImport(parts.vault, its))
          }
          const received = await receive(organization, its.key, {
            body,
            encoding,
            offset: 0,
            isLast: true,
          })
          return one(answerImport(parts.vault, received))
        },
      )
      putRoute(parts, receive)(api)
      done()
    })
  }
}

type Receive = (organization: Organization, key: string, incoming: Incoming) => Promise<Import>

function putRoute(parts: ChangeParts, receive: Receive): Routes {
  return (api) => {
    api.put(
      '/imports/:id/file',
      {
        config,
        schema: {
          operationId: 'sendImportFile',
          tags,
          summary: 'Send the file of an import, or what is left of it after a connection broke',
          description:
            'From byte `offset` of the uncompressed file on, which must be `received_bytes` of the import; ' +
            'else a 409 says it in `details.received_bytes`.',
          consumes,
          params: ImportPath,
          querystring: FileQuery,
          response,
        },
      },
      async (request) => {
        const organization = callerOf(request)
        const its = await getImport(parts, organization, request.params.id)
        const { offset = 0, last = 'true' } = request.query
        const received = await receive(organization, its.key, {
          body: (request.body as Readable | undefined) ?? Readable.from([]),
          encoding: readEncoding(request.headers),
          offset,
          isLast: last === 'true',
        })
        return one(answerImport(parts.vault, received))
      },
    )
  }
}

function createReceive(parts: ChangeParts): Receive {
  let receiving = 0
  const receiveParts = { ...parts, wake: parts.wakeImports }
  return async (organization, key, incoming) => {
    if (receiving >= MAX_RECEIVING) {
      incoming.body.resume()
      throw unavailable('Too many files are coming in; the same call later is safe.')
    }
    receiving++
    try {
      return await receiveFile(receiveParts, organization, key, incoming)
    } finally {
      receiving--
    }
  }
}

/** Bodies of these calls are handed on as they come, whatever they are said to be. */
function takeStreams(api: Api): void {
  api.removeAllContentTypeParsers()
  api.addContentTypeParser(/^(application\/json|multipart\/)/, (_request, payload, done) => {
    payload.resume()
    done(
      new Problem(
        415,
        'UnsupportedMediaType',
        'The body must be the file itself: send it with the header Content-Type: text/csv.',
      ),
    )
  })
  api.addContentTypeParser('*', (request, payload, done) => {
    // No length and no chunks: there is no body, whatever its type is said to be.
    const { 'content-length': length, 'transfer-encoding': transfer } = request.headers
    done(null, transfer === undefined && Number(length ?? 0) === 0 ? undefined : payload)
  })
}

const COMPRESSED_TYPE = /^application\/(?:x-)?(gzip|zstd)\b/

function readEncoding(headers: IncomingHttpHeaders): Incoming['encoding'] {
  const named = headers['content-encoding']?.trim().toLowerCase() ?? ''
  const byType = COMPRESSED_TYPE.exec(headers['content-type'] ?? '')?.[1]
  switch (named === '' || named === 'identity' ? (byType ?? '') : named) {
    case '':
      return 'identity'
    case 'gzip':
    case 'x-gzip':
      return 'gzip'
    case 'zstd':
      return 'zstd'
    default:
      throw new Problem(
        415,
        'UnsupportedMediaType',
        'Content-Encoding must be gzip or zstd, or left out for a file that is not compressed.',
      )
  }
}

function readRepeatKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7E]{1,255}$/.test(key)) return key
  throw invalidField(
    'Idempotency-Key',
    'Idempotency-Key must be 1 to 255 characters of visible ASCII without blanks',
  )
}
