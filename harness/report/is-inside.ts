import { isAbsolute, relative, resolve } from 'node:path'

/** Whether a relative path stays below its folder. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(folder, path))
  return !isAbsolute(path) && way !== '' && !way.startsWith('..') && !isAbsolute(way)
}
