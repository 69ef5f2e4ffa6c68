import { PERMISSIONS } from '../../organizations/permission.ts'
import type { Permission } from '../../organizations/permission.ts'
import { invalidField } from '../../kernel/problem.ts'

/** Sets of permissions that have a name. */
export const PRESETS = {
  owner: ['people', 'technical', 'commercial', 'customers'],
  engineer: ['technical', 'customers'],
  'partner-manager': ['commercial', 'customers'],
  viewer: [],
} as const satisfies Record<string, readonly Permission[]>

export type Preset = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as Preset[]

/** What somebody is to be allowed: by name, or one by one. */
export interface Grant {
  preset?: Preset | undefined
  permissions?: readonly Permission[] | undefined
}

/** Each once and in one order. @throws Problem 400 unless it is said in one of both ways */
export function permissionsOf({ preset, permissions }: Grant): Permission[] {
  if ((preset === undefined) === (permissions === undefined)) {
    throw invalidField('preset', 'give either preset or permissions')
  }
  const granted: readonly Permission[] = preset ? PRESETS[preset] : (permissions ?? [])
  return PERMISSIONS.filter((each) => granted.includes(each))
}

/** The name of the set, null where it has none. */
export function presetOf(permissions: readonly Permission[]): Preset | null {
  const isSame = (preset: readonly Permission[]): boolean =>
    PERMISSIONS.every((each) => preset.includes(each) === permissions.includes(each))
  return PRESET_NAMES.find((name) => isSame(PRESETS[name])) ?? null
}
