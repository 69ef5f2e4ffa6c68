import { writeFileSync } from 'node:fs'
import { generateApi, generateSchema } from './generated.ts'

const ROOT = new URL('../../', import.meta.url)

const { openApi, routes } = await generateApi()
writeFileSync(new URL('openapi.json', ROOT), openApi)
writeFileSync(new URL('docs/routes.md', ROOT), routes)
writeFileSync(new URL('schema.sql', ROOT), await generateSchema())
process.stdout.write('Wrote openapi.json, docs/routes.md and schema.sql.\n')
