import { writeFileSync } from 'node:fs'
import { generateApi, generateSchema } from './generated.ts'

const ROOT = new URL('../../', import.meta.url)
const EVENT_CATALOGUE = 'dashboard/src/events/catalogue.json'

const { openApi, routes, eventCatalogue } = await generateApi()
writeFileSync(new URL('openapi.json', ROOT), openApi)
writeFileSync(new URL('docs/routes.md', ROOT), routes)
writeFileSync(new URL(EVENT_CATALOGUE, ROOT), eventCatalogue)
writeFileSync(new URL('schema.sql', ROOT), await generateSchema())
process.stdout.write(`Wrote openapi.json, docs/routes.md, ${EVENT_CATALOGUE} and schema.sql.\n`)
