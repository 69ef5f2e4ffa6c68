import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The built dashboard: what `dashboard/build.ts` leaves in a folder. */
export interface Dashboard {
  /** The one page, with `__NONCE__` where each answer has a nonce of its own. */
  document: string
  /** What the page loads: scripts, styles and their compressed twins. */
  assets: string
}

/** Undefined where it was not built. */
export function openDashboard(folder: string): Dashboard | undefined {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return undefined
  return { document: readFileSync(page, 'utf8'), assets: join(folder, 'assets') }
}
