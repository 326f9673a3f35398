import { MAX_PARAMS } from './limits.ts'

export interface PublishName {
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** Splits what an encoder asked to publish: `NAME?k=v&…`. Percent signs are decoded in parameters only. */
export function parsePublishName(text: string): PublishName {
  const mark = text.indexOf('?')
  const params = Object.create(null) as Record<string, string>
  if (mark < 0) return { name: text, params }
  let count = 0
  for (const [key, value] of new URLSearchParams(text.slice(mark + 1))) {
    if (count >= MAX_PARAMS) break
    params[key] = value
    count += 1
  }
  return { name: text.slice(0, mark), params }
}
