import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of a program: what the variable says, else the first command found on the PATH. */
export function findProgram(variable: string, commands: readonly string[]): string | undefined {
  const given = process.env[variable]
  if (given !== undefined && given !== '') return given
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find(isExecutable)
}

export const findFfprobe = () => findProgram('FFPROBE_PATH', ['ffprobe'])

export const findChromium = () =>
  findProgram('CHROMIUM_PATH', [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
  ])

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
