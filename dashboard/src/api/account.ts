import { callAsPerson } from './person-call.ts'

/** The calls of `/account/v1`: the person's own, in no organization's name. */

export type Permission = 'people' | 'technical' | 'commercial' | 'customers'
export type Preset = 'owner' | 'engineer' | 'partner-manager' | 'viewer'

export interface Membership {
  organization: { id: string; name: string; role: 'publisher' | 'merchant' }
  permissions: Permission[]
  preset: Preset | null
  /** Whether an operator looks at its pages now. */
  is_looked_at: boolean
}

/** An organization that an operator looks at, to read. */
export interface Look {
  organization: Membership['organization']
  id: string
  reason: string
  until_date: string
}

export interface Factor {
  id: string
  kind: 'totp' | 'passkey'
  name: string
  created_date: string
  last_used_date: string | null
}

export interface Me {
  id: string
  name: string
  email: string
  is_operator: boolean
  has_password: boolean
  /** With those that the person looks at as an operator. */
  memberships: Membership[]
  looks: Look[]
  factors: Factor[]
  recovery_codes: number
  session: { id: string; is_enrolling: boolean; fresh_until_date: string }
  mode: 'development' | 'production'
  sends_mail: boolean
}

export interface SignIn {
  next: 'done' | 'totp' | 'passkey' | 'enrol'
  challenge: string | null
}

export interface OpenSession {
  id: string
  browser: string
  is_current: boolean
  created_date: string
  last_used_date: string
}

export interface ShownInvitation {
  email: string
  organization: { id: string; name: string } | null
  permissions: Permission[]
  preset: Preset | null
  has_account: boolean
  expires_date: string
}

const ACCOUNT = '/account/v1'
const get = <T>(path: string): Promise<T> => callAsPerson('GET', ACCOUNT + path)
const post = <T>(path: string, body?: object): Promise<T> =>
  callAsPerson('POST', ACCOUNT + path, body)
/** Pages are shown by membership: an operator who looks reads what a member may who may do everything. */
function withLooks(me: Me): Me {
  const own = new Set(me.memberships.map(({ organization }) => organization.id))
  const permissions: Permission[] = ['people', 'technical', 'commercial', 'customers']
  const others = me.looks.filter(({ organization }) => !own.has(organization.id))
  const looked = others.map(({ organization }) => ({
    ...{ organization, permissions, preset: null },
    // The operator has a banner of its own.
    is_looked_at: false,
  }))
  return { ...me, memberships: [...me.memberships, ...looked] }
}

const remove = (path: string): Promise<null> => callAsPerson('DELETE', ACCOUNT + path)

export const account = {
  me: async () => withLooks(await get<Me>('/me')),
  rename: async (name: string) =>
    withLooks(await callAsPerson<Me>('PATCH', `${ACCOUNT}/me`, { name })),
  setUp: (fields: { token: string; name: string; email: string; password: string }) =>
    post<SignIn>('/setup', fields),
  signIn: (email: string, password: string) => post<SignIn>('/sign-in', { email, password }),
  enterTotp: (challenge: string, code: string) =>
    post<SignIn>('/sign-in/totp', { challenge, code }),
  enterRecoveryCode: (challenge: string, code: string) =>
    post<SignIn>('/sign-in/recovery-code', { challenge, code }),
  signOut: () => post<null>('/sign-out'),
  changePassword: (current: string, password: string) =>
    post<null>('/password', { current_password: current, password }),
  stepUp: (password: string) => post<null>('/step-up', { password }),
  stepUpByPasskey: async () => post<null>('/step-up', { passkey: await askPasskey() }),
  signInByPasskey: async () => post<SignIn>('/passkey/verify', await askPasskey()),
  provider: () => get<{ name: string | null }>('/oidc'),
  startProvider: () => post<{ url: string }>('/oidc/start'),
  finishProvider: (back: { code: string; state: string; iss?: string }) =>
    post<SignIn>('/oidc/finish', back),
  askForReset: (email: string) => post<null>('/password-resets', { email }),
  completeReset: (token: string, password: string) =>
    post<null>('/password-resets/complete', { token, password }),
  findInvitation: (token: string) => post<ShownInvitation>('/invitations/find', { token }),
  accept: (fields: { token: string; name?: string; password?: string }) =>
    post<SignIn>('/invitations/accept', fields),
  startTotp: (name: string) =>
    post<{ id: string; secret: string; url: string }>('/factors/totp', { name }),
  confirmTotp: (code: string) => post<null>('/factors/totp/confirm', { code }),
  addPasskey: async (name: string) => {
    const { challenge, options } = await post<{
      challenge: string
      options: PublicKeyCredentialCreationOptionsJSON
    }>('/factors/passkeys/options')
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
    const response: unknown = made.toJSON()
    return post<{ id: string }>('/factors/passkeys/verify', { challenge, name, response })
  },
  removeFactor: (id: string) => remove(`/factors/${encodeURIComponent(id)}`),
  renewRecoveryCodes: () => post<{ codes: string[] }>('/recovery-codes'),
  sessions: () => get<OpenSession[]>('/sessions'),
  endSession: (id: string) => remove(`/sessions/${encodeURIComponent(id)}`),
  endOtherSessions: () => remove('/sessions'),
}

async function askPasskey(): Promise<{ challenge: string; response: unknown }> {
  const { challenge, options } = await post<{
    challenge: string
    options: PublicKeyCredentialRequestOptionsJSON
  }>('/passkey/options')
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  const response: unknown = given.toJSON()
  return { challenge, response }
}
