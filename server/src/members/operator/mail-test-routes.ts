import { Type } from 'typebox'
import { actOf } from '../../http/act.ts'
import type { Routes } from '../../http/api.ts'
import { One, one } from '../../http/envelope.ts'
import { EmptyBody, NullableInteger, NullableString } from '../../http/schema.ts'
import { appendEntry } from '../../journal/append-entries.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import { newId } from '../../kernel/id.ts'
import { MailError } from '../../kernel/mailer.ts'
import type { Mailer } from '../../kernel/mailer.ts'
import { Problem, conflict } from '../../kernel/problem.ts'
import { getPersonByNumber } from '../people/person-store.ts'
import { decryptProfile } from '../people/person.ts'
import type { PeopleParts } from '../people-parts.ts'

const MailTestAnswer = Type.Object(
  {
    is_taken: Type.Boolean({ description: 'Whether the mail server took the mail.' }),
    status: Type.Unsafe<number | null>({
      ...NullableInteger,
      description: 'What it answered where it did not; null where it said nothing.',
    }),
    error: Type.Unsafe<string | null>({
      ...NullableString,
      description: 'Why it was not taken, such as `ECONNECTION` or `EAUTH`.',
    }),
  },
  { title: 'MailTest' },
)

/** Whether mail is sent: to nobody but the operator who asks. */
export function mailTestRoutes({ database, vault, mailer, clock }: PeopleParts): Routes {
  const { db } = database
  return (api) => {
    api.post(
      '/mail-test',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'testMail',
          tags: ['operator'],
          summary: 'Send a mail to yourself, and say what the mail server answered',
          description:
            'To the address of the operator who is signed in and to no other, so that a key alone is refused. ' +
            'A 409 where no mail server is set up.',
          body: EmptyBody,
          response: { 200: One(MailTestAnswer) },
        },
      },
      async (request) => {
        const { session } = request
        if (!session) {
          throw new Problem(403, 'Forbidden', 'This is for a person: it goes to their own address.')
        }
        if (!mailer) throw conflict('No mail is sent: NEWCOMER_SMTP_URL is not set.')
        const row = await retry(() => getPersonByNumber(db, session.person.number))
        const outcome = await sendTest(mailer, decryptProfile(vault, row).email)
        const its = { organization: null, at: clock.now(), act: actOf(request) }
        await inTx(db, (tx) =>
          appendEntry(tx, { ...its, action: 'mail.test', object: row.id, after: outcome }),
        )
        return one(outcome)
      },
    )
  }
}

const TEXT = `This is the mail that you asked for. This Newcomer can send mail: invitations, links to choose another
password and alerts of webhooks arrive.
`

async function sendTest(mailer: Mailer, to: string) {
  try {
    await mailer.send({ to, id: newId('req'), subject: 'A test of Newcomer’s mail', text: TEXT })
    return { is_taken: true, status: null, error: null }
  } catch (error) {
    if (!(error instanceof MailError)) throw error
    return { is_taken: false, status: error.status, error: error.code }
  }
}
