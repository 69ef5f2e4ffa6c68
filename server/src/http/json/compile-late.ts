import AjvCompiler from '@fastify/ajv-compiler'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>
type Compilers = Required<NonNullable<SchemaController['compilersFactory']>>

/**
 * Fastify's own compilers of JSON Schema, made lazy: a schema is compiled as it is first needed. Every route has
 * several, and few are called in a server's first seconds: to compile all took half of the time until it listened.
 */
export function createLateCompilers(): Compilers {
  const buildValidator = AjvCompiler()
  const buildSerializer = SerializerSelector()
  return {
    buildValidator(...parts: Parameters<typeof buildValidator>) {
      const compile = buildValidator(...parts)
      return ((route) => {
        let validate: ReturnType<typeof compile> | undefined
        const late = ((data) => {
          validate ??= compile(route)
          const isValid = validate(data)
          late.errors = validate.errors ?? null
          return isValid
        }) as ReturnType<typeof compile>
        return late
      }) as typeof compile
    },
    buildSerializer(externalSchemas, options) {
      const compile = buildSerializer(externalSchemas, options)
      return (route) => {
        let serialize: ReturnType<typeof compile> | undefined
        return (data) => (serialize ??= compile(route))(data)
      }
    },
  }
}
