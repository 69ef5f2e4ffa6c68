import { writeFileSync } from 'node:fs'
import { generateOpenApi, generateSchema } from './generated.ts'

const ROOT = new URL('../../', import.meta.url)

writeFileSync(new URL('openapi.json', ROOT), await generateOpenApi())
writeFileSync(new URL('schema.sql', ROOT), await generateSchema())
process.stdout.write('Wrote openapi.json and schema.sql.\n')
