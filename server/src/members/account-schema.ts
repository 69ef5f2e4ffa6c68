import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import {
  NullableOneOf,
  NullableString,
  Nullable,
  OneOf,
  READABLE,
  closed,
  date,
  nullableDate,
} from '../http/schema.ts'
import { LookAnswer } from '../organizations/own/look-schema.ts'
import { PERMISSIONS } from '../organizations/permission.ts'
import { PRESET_NAMES } from './people/preset.ts'

const readable = { minLength: 1, maxLength: 255, pattern: READABLE }
export const PersonName = Type.String(readable)
export const Email = Type.String({
  minLength: 3,
  maxLength: 300,
  description: 'One address; upper and lower case are the same.',
})
const Password = Type.String({ minLength: 1, maxLength: 1_024 })
const NewPassword = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: '12 to 256 characters, and none that many people use or that names you.',
})
const Token = Type.String({
  pattern: '^[\\w-]{43}$',
  maxLength: 43,
  description: 'What stands after `#` in the link.',
})
const ChallengeText = Type.String({ minLength: 1, maxLength: 1_024 })
const Code = Type.String({ minLength: 1, maxLength: 40 })

export const Permissions = Type.Array(Type.Enum([...PERMISSIONS]), { maxItems: 4 })
const PermissionList = Type.Array(OneOf(PERMISSIONS))
export const PresetBody = Type.Enum([...PRESET_NAMES], {
  description: 'A set of permissions by its name, in place of `permissions`.',
})
export const presetAnswer = NullableOneOf(PRESET_NAMES, 'The name of these permissions.')

export const SetUpBody = Type.Object(
  { token: Token, name: PersonName, email: Email, password: NewPassword },
  closed,
)
export const SignInBody = Type.Object({ email: Email, password: Password }, closed)
export const CodeBody = Type.Object({ challenge: Token, code: Code }, closed)
export const PersonBody = Type.Object({ name: PersonName }, closed)
export const PasswordBody = Type.Object(
  { current_password: Password, password: NewPassword },
  closed,
)
export const ResetBody = Type.Object({ email: Email }, closed)
export const NewPasswordBody = Type.Object({ token: Token, password: NewPassword }, closed)
export const TokenBody = Type.Object({ token: Token }, closed)
export const AcceptBody = Type.Object(
  {
    token: Token,
    name: Type.Optional(PersonName),
    password: Type.Optional(NewPassword),
  },
  closed,
)
export const TotpBody = Type.Object({ name: PersonName }, closed)
export const ConfirmBody = Type.Object({ code: Code }, closed)
export const FactorPath = Type.Object({ factor: Type.String() })
export const SessionPath = Type.Object({ session: Type.String() })

// As the browser gives it by `toJSON()`; what is in it is for the one who checks its signature.
const part = Type.String({ maxLength: 20_000 })
const credential = <T extends TSchema>(response: T, title: string) =>
  Type.Object(
    {
      id: Type.String({ minLength: 1, maxLength: 2_048 }),
      rawId: Type.String({ minLength: 1, maxLength: 2_048 }),
      type: Type.Enum(['public-key']),
      response,
      clientExtensionResults: Type.Optional(Type.Object({})),
      authenticatorAttachment: Type.Optional(NullableString),
    },
    { title, description: 'A `PublicKeyCredential`, as its `toJSON()` gives it.' },
  )
const PasskeyResponse = credential(
  Type.Object({ clientDataJSON: part, authenticatorData: part, signature: part }),
  'PasskeyAssertion',
)
const PasskeyRegistration = credential(
  Type.Object({ clientDataJSON: part, attestationObject: part }),
  'PasskeyRegistration',
)
export const PasskeyBody = Type.Object(
  { challenge: ChallengeText, response: PasskeyResponse },
  closed,
)
export const NewPasskeyBody = Type.Object(
  { challenge: Token, name: PersonName, response: PasskeyRegistration },
  closed,
)
export const StepUpBody = Type.Object(
  {
    password: Type.Optional(Password),
    passkey: Type.Optional(PasskeyBody),
  },
  closed,
)

export const SignInAnswer = Type.Object(
  {
    next: OneOf(
      ['done', 'totp', 'passkey', 'enrol'],
      'What comes next: nothing, a one-time or recovery code, the passkey in place of the password, or the ' +
        'enrolment of a second factor, which is required here.',
    ),
    challenge: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'To be sent along with the code.',
    }),
  },
  { title: 'SignIn' },
)

const Factor = Type.Object(
  {
    id: Type.String(),
    kind: OneOf(['totp', 'passkey']),
    name: Type.String(),
    created_date: date(),
    last_used_date: nullableDate(),
  },
  { title: 'Factor' },
)

const ShownOrganization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: OneOf(['publisher', 'merchant']),
})

const OwnMembership = Type.Object(
  {
    organization: ShownOrganization,
    permissions: PermissionList,
    preset: presetAnswer,
    is_looked_at: Type.Boolean({ description: 'Whether an operator looks at its pages now.' }),
  },
  { title: 'Membership' },
)

const OwnLook = Type.Object(
  {
    organization: ShownOrganization,
    ...LookAnswer.properties,
  },
  { title: 'OwnLook' },
)

export const MeAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    is_operator: Type.Boolean(),
    has_password: Type.Boolean(),
    memberships: Type.Array(OwnMembership),
    looks: Type.Array(OwnLook, {
      description: 'Organizations that this session looks at, as an operator and to read.',
    }),
    factors: Type.Array(Factor),
    recovery_codes: Type.Integer({ description: 'How many are left.' }),
    session: Type.Object({
      id: Type.String(),
      is_enrolling: Type.Boolean({ description: 'Good for nothing but a second factor.' }),
      fresh_until_date: date('Until when nothing asks for a step-up.'),
    }),
    mode: OneOf(['development', 'production']),
    sends_mail: Type.Boolean({ description: 'Else links are shown to the person who makes them.' }),
  },
  { title: 'Me' },
)

// What browsers take is long, theirs, and grows: it is handed on as it is.
const browserOptions = (call: string) =>
  Type.Unsafe<object>({
    type: 'object',
    additionalProperties: true,
    description: `For \`${call}\` of the browser.`,
  })
export const PasskeyRequestAnswer = Type.Object(
  {
    challenge: Type.String({ description: 'To be sent along with what the browser answers.' }),
    options: browserOptions('PublicKeyCredential.parseRequestOptionsFromJSON()'),
  },
  { title: 'PasskeyRequest' },
)
export const PasskeyCreationAnswer = Type.Object(
  {
    challenge: Type.String({ description: 'To be sent along with what the browser answers.' }),
    options: browserOptions('PublicKeyCredential.parseCreationOptionsFromJSON()'),
  },
  { title: 'PasskeyCreation' },
)
export const TotpAnswer = Type.Object(
  {
    id: Type.String(),
    secret: Type.String({ description: 'Base32, for typing. Shown this once.' }),
    url: Type.String({ description: '`otpauth://…`, for a QR code. Shown this once.' }),
  },
  { title: 'NewTotp' },
)
export const AddedFactorAnswer = Type.Object({ id: Type.String() }, { title: 'AddedFactor' })
export const RecoveryCodesAnswer = Type.Object(
  { codes: Type.Array(Type.String(), { description: 'Each good once. Shown this once.' }) },
  { title: 'RecoveryCodes' },
)
export const SessionAnswer = Type.Object(
  {
    id: Type.String(),
    browser: Type.String(),
    is_current: Type.Boolean(),
    created_date: date(),
    last_used_date: date('To the minute.'),
  },
  { title: 'Session' },
)
export const ShownInvitationAnswer = Type.Object(
  {
    email: Type.String(),
    organization: Nullable(
      Type.Object({ id: Type.String(), name: Type.String() }, { title: 'NamedOrganization' }),
    ),
    permissions: PermissionList,
    preset: presetAnswer,
    has_account: Type.Boolean({ description: 'Then sign in with it to accept.' }),
    expires_date: date(),
  },
  { title: 'ShownInvitation' },
)

export type MeBody = Static<typeof MeAnswer>
