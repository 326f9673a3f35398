import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
export const scenariosDir = fileURLToPath(new URL('../../scenarios', import.meta.url))
export const reportsDir = fileURLToPath(new URL('../../reports/out', import.meta.url))
/** Files that describe deployments of the user. */
export const targetsDir = fileURLToPath(new URL('../../targets', import.meta.url))
