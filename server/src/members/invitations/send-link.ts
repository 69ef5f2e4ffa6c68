import type { Logger } from '../../kernel/log.ts'
import { MailError } from '../../kernel/mailer.ts'
import type { Mailer } from '../../kernel/mailer.ts'

export interface LinkMail {
  to: string
  /** The same for each repetition. */
  id: string
  purpose: { kind: 'reset' } | { kind: 'invitation'; organization: string | undefined }
  link: string
}

/** False where no mail is sent, or this one was not taken: somebody has to hand the link over then. */
export async function sendLink(
  { mailer, log }: { mailer?: Mailer | undefined; log: Logger },
  { to, id, purpose, link }: LinkMail,
): Promise<boolean> {
  if (!mailer) return false
  try {
    await mailer.send({ to, id, ...compose(purpose, link) })
    return true
  } catch (error) {
    // Without the mail server's words: they like to repeat the address.
    const why = error instanceof MailError ? { code: error.code, status: error.status } : {}
    log.warn(why, 'A mail with a link was not sent.')
    return false
  }
}

function compose(purpose: LinkMail['purpose'], link: string): { subject: string; text: string } {
  if (purpose.kind === 'reset') {
    return {
      subject: 'Choose a new password',
      text: `Somebody, perhaps you, asked for a new password for this address at Newcomer.

Choose it within an hour: ${link}

If it was not you, do nothing: your password stays as it is.
`,
    }
  }
  const where =
    purpose.organization === undefined
      ? 'You are invited to run Newcomer.'
      : `You are invited to ${purpose.organization} at Newcomer.`
  return {
    subject: 'You are invited to Newcomer',
    text: `${where}

Accept within three days: ${link}

If you did not expect this, do nothing.
`,
  }
}
