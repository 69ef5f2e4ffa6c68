import type { Examples } from '../../src/openapi/add-examples.ts'
import { setUpOperator } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { startMailServer } from '../support/mail-server.ts'
import { startFreshNetwork } from '../support/network.ts'
import { createRecorder } from './recorder.ts'

/** What is there only where mail is sent. Apart from the others: with mail, links are in no answer. */
export async function recordMail(): Promise<Examples> {
  const server = await startMailServer()
  const config = { mail: { url: server.url, from: 'newcomer@network.example' } }
  const network = await startFreshNetwork(pglite.create, { publishers: 0, merchants: 0, config })
  try {
    const { record, examples } = createRecorder(network.url)
    const { browser } = await setUpOperator(network, 'olu@network.example')
    await record('testMail', browser.account)
    return examples
  } finally {
    await network.stop()
    await server.close()
  }
}
