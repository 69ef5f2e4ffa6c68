import { Readable } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'
import { wrongContentType } from '../http/answer-error.ts'
import type { Api, Routes } from '../http/api.ts'
import { hasBody } from '../http/body-time.ts'
import { actOf } from '../http/act.ts'
import { callerOf } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import { invalidField, Problem } from '../kernel/problem.ts'
import { createImport, getImport } from './change-import.ts'
import type { ChangeParts } from './change-import.ts'
import {
  answerImport,
  FileQuery,
  ImportAnswer,
  ImportPath,
  NewImportQuery,
  parseOptions,
} from './import-schema.ts'
import { createUploadSlots } from './upload-slots.ts'
import type { UploadSlots } from './upload-slots.ts'
import { receiveFile } from './receive-file.ts'
import type { Incoming, ReceiveParts } from './receive-file.ts'

const tags = ['imports']
const config = { isStreamed: true }
const response = { 200: One(ImportAnswer) }

// Each upload has a worker thread of its own. A call that waits is answered before proxies take its silent
// connection for dead, and after those that are too slow have lost their slots.
const SLOTS = { capacity: 4, reserved: 4, capacityPerOwner: 2, timeoutMs: 45_000, maxQueued: 200 }

export interface FileRouteParts
  extends ChangeParts, Pick<ReceiveParts, 'openWorker' | 'leastRate'> {}

/** The two calls that take a file, of any length, as it comes. */
export function fileRoutes(parts: FileRouteParts): Routes {
  const slots = createUploadSlots(SLOTS)
  return (scope) => {
    const isStopping = (): boolean => scope.isStopping()
    const receiveParts = { ...parts, wake: parts.wakeImports, isStopping }
    scope.register((api: Api, _options, done) => {
      takeStreams(api)
      api.post(
        '/imports',
        {
          config: { ...config, errors: [409] },
          schema: {
            operationId: 'createImport',
            tags,
            summary: 'Import a file of customers',
            description:
              'The body is the file, as `text/csv`, perhaps with `Content-Encoding: gzip` or `zstd`. Without ' +
              'a body the file follows by `PUT …/file`. With an `Idempotency-Key` the same call again ' +
              'answers the import that it made, as long as that has not come to an end.',
            querystring: NewImportQuery,
            response,
          },
        },
        async (request) => {
          const organization = callerOf(request)
          const repeatKey = parseRepeatKey(request.headers)
          const options = parseOptions(organization, request.query, repeatKey)
          const encoding = parseEncoding(request.headers)
          const create = () => createImport(parts, { organization, act: actOf(request) }, options)
          const body = request.body as Readable | undefined
          if (!body) return one(answerImport(parts.vault, (await create()).its))
          const incoming = { body, encoding, offset: 0, isLast: true }
          // Before the import is made, so that a call without a slot leaves none behind.
          const release = await slots.acquire(organization.number)
          try {
            const { its, isNew } = await create()
            const received = isNew
              ? await receiveFile(receiveParts, organization, its.key, incoming)
              : its
            return one(answerImport(parts.vault, received))
          } finally {
            release()
          }
        },
      )
      putRoute(receiveParts, slots)(api)
      done()
    })
  }
}

function putRoute(parts: ChangeParts & ReceiveParts, slots: UploadSlots): Routes {
  return (api) => {
    api.put(
      '/imports/:id/file',
      {
        config: { ...config, errors: [409] },
        schema: {
          operationId: 'sendImportFile',
          tags,
          summary: 'Send the file of an import, or what is left of it after a connection broke',
          description:
            'From byte `offset` of the uncompressed file on, which must be `received_bytes` of the import; ' +
            'else a 409 says it in `details.received_bytes`.',
          params: ImportPath,
          querystring: FileQuery,
          response,
        },
      },
      async (request) => {
        const organization = callerOf(request)
        const its = await getImport(parts, organization, request.params.id)
        const { offset = 0, last = 'true' } = request.query
        const incoming = {
          body: (request.body as Readable | undefined) ?? Readable.from([]),
          encoding: parseEncoding(request.headers),
          offset,
          isLast: last === 'true',
        }
        const release = await slots.acquire(organization.number)
        try {
          const received = await receiveFile(parts, organization, its.key, incoming)
          return one(answerImport(parts.vault, received))
        } finally {
          release()
        }
      },
    )
  }
}

/** Bodies of these calls are handed on as they come, whatever they are said to be. */
function takeStreams(api: Api): void {
  api.removeAllContentTypeParsers()
  api.addContentTypeParser(/^(application\/json|multipart\/)/, (request, payload, done) => {
    payload.resume()
    if (hasBody(request)) done(wrongContentType(request))
    else done(null, undefined)
  })
  api.addContentTypeParser('*', (request, payload, done) => {
    // Without a body there is no file, whatever its type is said to be.
    done(null, hasBody(request) ? payload : undefined)
  })
}

const COMPRESSED_TYPE = /^application\/(?:x-)?(gzip|zstd)\b/i

function parseEncoding(headers: IncomingHttpHeaders): Incoming['encoding'] {
  const named = headers['content-encoding']?.trim().toLowerCase() ?? ''
  const byType = COMPRESSED_TYPE.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase()
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

function parseRepeatKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7E]{1,255}$/.test(key)) return key
  throw invalidField(
    'Idempotency-Key',
    'Idempotency-Key must be 1 to 255 characters of visible ASCII without blanks',
  )
}
