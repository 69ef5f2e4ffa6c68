import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/kernel/config.ts'
import { createMailer } from '../../src/kernel/mailer.ts'
import { startMailServer } from '../support/mail-server.ts'

const FROM = 'newcomer@network.example'
const MESSAGE = {
  to: 'who@shop.example',
  subject: 'A tést',
  text: 'It works.\n.\nStill.',
  id: 'one',
}

async function start() {
  const server = await startMailServer()
  onTestFinished(() => server.close())
  return server
}

test('a message arrives, also with letters and lines that SMTP has its own use for', async () => {
  const server = await start()
  await createMailer({ url: server.url, from: FROM }).send(MESSAGE)
  expect(server.mails).toMatchObject([{ from: FROM, to: MESSAGE.to }])
  expect(server.mails[0]?.text).toMatch(/^Subject: =\?UTF-8\?/m)
  expect(server.mails[0]?.text).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(server.mails[0]?.text).toContain('It works.\n..\nStill.')
})

test('a password is kept from a server that has no TLS', async () => {
  const server = await start()
  const url = server.url.replace('//', '//user:secret@')
  await expect(createMailer({ url, from: FROM }).send(MESSAGE)).rejects.toThrow(
    /A mail was not sent/,
  )
  expect(server.heard).toContain('STARTTLS')
  expect(server.heard.join('\n')).not.toMatch(/AUTH|secret/)
  expect(server.mails).toEqual([])
})

test('an error tells neither address nor what the server said', async () => {
  const server = await start()
  server.become('refusing')
  const error: unknown = await createMailer({ url: server.url, from: FROM })
    .send(MESSAGE)
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'EENVELOPE', status: 550 })
  expect(error).not.toHaveProperty('cause')
  expect(String((error as Error).stack)).not.toContain('shop.example')
})

test('the environment sets up both or none', () => {
  const mailOf = (url?: string, from?: string) =>
    readConfig({ NEWCOMER_SMTP_URL: url, NEWCOMER_MAIL_FROM: from }).mail
  expect(mailOf()).toBeUndefined()
  for (const url of [
    'smtp://mail.example',
    'smtps://u%40x:p%3A@mail.example:465',
    'smtp://[::1]:25/',
  ]) {
    expect(mailOf(url, FROM)).toEqual({ url, from: FROM })
  }
})

test.each([
  ['NEWCOMER_SMTP_URL', 'http://u:canary@mail.example', FROM],
  ['NEWCOMER_SMTP_URL', 'smtp://u:canary@mail.example/?pool=true', FROM],
  ['NEWCOMER_SMTP_URL', 'smtp://u:canary%@mail.example', FROM],
  ['NEWCOMER_SMTP_URL', 'canary.example:25', FROM],
  ['NEWCOMER_MAIL_FROM', 'smtp://mail.example', 'canary'],
  ['NEWCOMER_MAIL_FROM', 'smtp://mail.example', 'Canary <canary@network.example>'],
  ['NEWCOMER_SMTP_URL and NEWCOMER_MAIL_FROM', 'smtp://canary.example', undefined],
  ['NEWCOMER_SMTP_URL and NEWCOMER_MAIL_FROM', undefined, 'canary@network.example'],
])('a fault of %s is named at the start, and not repeated', (name, url, from) => {
  const read = () => readConfig({ NEWCOMER_SMTP_URL: url, NEWCOMER_MAIL_FROM: from })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(new RegExp(`- ${name} `))
  expect(read).not.toThrow(/canary/i)
})
