import { Type } from 'typebox'
import { NullableString, closed } from '../../http/schema.ts'

export const ProviderNameAnswer = Type.Object({ name: NullableString }, { title: 'ProviderName' })
export const ProviderUrlAnswer = Type.Object({ url: Type.String() }, { title: 'ProviderUrl' })

const Parameter = Type.String({ minLength: 1, maxLength: 4_096 })
export const ProviderBackBody = Type.Object(
  { code: Parameter, state: Parameter, iss: Type.Optional(Parameter) },
  closed,
)
