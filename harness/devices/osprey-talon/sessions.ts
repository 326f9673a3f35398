import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { LOGIN_WINDOW_MS, MAX_FAILED_LOGINS, MAX_SESSIONS, SESSION_IDLE_MS } from './limits.ts'

/** What the documentation names as default login; the device knows no other. */
const USERNAME = 'admin'
const PASSWORD = 'osprey'

export interface Session {
  readonly id: string
  /** Comes with each form, so that no other page can send one. */
  readonly formToken: string
}

/** Who is logged in. Times in ms of any clock that only grows. */
export class Sessions {
  readonly #open = new Map<string, Session & { seenAt: number }>()
  #failures: number[] = []

  /** True while so many passwords were wrong that nobody may try. */
  isLocked(now: number): boolean {
    this.#failures = this.#failures.filter((at) => at > now - LOGIN_WINDOW_MS)
    return this.#failures.length >= MAX_FAILED_LOGINS
  }

  /** Null for a wrong name or password. */
  login(username: string, password: string, now: number): Session | null {
    const right = [isSame(username, USERNAME), isSame(password, PASSWORD)]
    if (right.includes(false)) {
      this.#failures.push(now)
      return null
    }
    const session = { id: token(), formToken: token(), seenAt: now }
    this.#open.set(session.id, session)
    const oldest = this.#open.keys().next().value
    if (this.#open.size > MAX_SESSIONS && oldest !== undefined) this.#open.delete(oldest)
    return session
  }

  find(id: string | undefined, now: number): Session | null {
    const session = this.#open.get(id ?? '')
    if (!session) return null
    this.#open.delete(session.id)
    if (session.seenAt < now - SESSION_IDLE_MS) return null
    session.seenAt = now
    // Behind the others, so that the first one is the one that was idle the longest.
    this.#open.set(session.id, session)
    return session
  }

  logout(id: string): void {
    this.#open.delete(id)
  }
}

/** Compares in constant time. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

function token(): string {
  return randomBytes(24).toString('base64url')
}
