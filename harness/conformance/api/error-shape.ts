import type { Checks } from './checks.ts'
import { field, type RawAnswer, shown } from './raw-call.ts'

/** Paths and line numbers of code, as stack traces of common servers have them. */
const STACK =
  /\bat [^\\\n]+?:\d+:\d+|\.(?:js|ts|java|php|py|go|rb):\d+|node_modules|Traceback \(|Stack trace/

/** Checks status, content type and `{error:{message,code,userinfo}}`, and that no stack shows. */
export function checkError(
  checks: Checks,
  what: string,
  answer: RawAnswer,
  statuses: readonly number[],
  code?: number,
): void {
  const { status, contentType, json, text } = answer
  checks.that(
    statuses.includes(status),
    `${what}: status ${status} instead of ${statuses.join(' or ')}`,
  )
  if (status < 400) return
  checks.that(
    contentType.startsWith('application/json'),
    `${what}: content type ${shown(contentType)}`,
  )
  checks.that(
    typeof field(json, 'error', 'message') === 'string' &&
      typeof field(json, 'error', 'code') === 'number' &&
      isObject(field(json, 'error', 'userinfo')),
    `${what}: not {error:{message,code,userinfo}}: ${shown(text)}`,
  )
  if (code !== undefined) {
    const actual = field(json, 'error', 'code')
    checks.that(actual === code, `${what}: code ${shown(actual)} instead of ${code}`)
  }
  checks.that(
    !STACK.test(text),
    () => `${what}: shows a stack trace: ${shown(STACK.exec(text)?.[0])}`,
  )
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
