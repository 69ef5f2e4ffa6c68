import { Type } from 'typebox'
import type { Routes } from '../http/api.ts'
import { One, one } from '../http/envelope.ts'
import { closed, NullableString, OneOf } from '../http/schema.ts'
import { checkExample } from './check-example.ts'

const HashCheckBody = Type.Object(
  {
    email: Type.String({
      minLength: 1,
      maxLength: 320,
      description:
        'An address of an example domain, as your program is given it: `Test.User+tag@example.com`.',
    }),
    hash: Type.String({ maxLength: 1_024, description: 'What your program makes of it.' }),
  },
  { ...closed, title: 'HashCheckRequest' },
)

const HashCheckAnswer = Type.Object(
  {
    outcome: OneOf(
      ['right', 'mended', 'wrong'],
      '`mended`: the right hash in another form than ours.',
    ),
    findings: Type.Array(
      Type.Object(
        {
          code: Type.String({ description: 'A stable slug, as in the report of a file.' }),
          message: Type.String(),
        },
        { title: 'HashFinding' },
      ),
    ),
    expected: Type.String({ description: 'The hash that the address has.' }),
    second_form: Type.Unsafe<string | null>({
      ...NullableString,
      description:
        'The hash of the address without dots and tag before the @; null where there are none.',
    }),
  },
  { title: 'HashCheck' },
)

/** Whether a sender hashes addresses as it should. */
export function hashCheckRoutes(): Routes {
  return (api) => {
    api.post(
      '/hash-check',
      {
        schema: {
          operationId: 'checkHash',
          summary: 'Which mistake a hash of an address was made with',
          description:
            'For trying out a program that hashes e-mail addresses, with an address of an example domain ' +
            '(RFC 2606). Nothing that is sent is kept or logged.',
          tags: ['customers'],
          body: HashCheckBody,
          response: { 200: One(HashCheckAnswer) },
        },
      },
      (request) => one(checkExample(request.body.email, request.body.hash)),
    )
  }
}
