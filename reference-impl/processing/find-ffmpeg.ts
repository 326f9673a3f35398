import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What `FFMPEG_PATH` says, else the first `ffmpeg` on the PATH; undefined where there is none. */
export function findFfmpeg(): string | undefined {
  const given = process.env['FFMPEG_PATH']
  if (given !== undefined && given !== '') return given
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, 'ffmpeg')).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
