import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nowMs } from '../../measure/clock.ts'
import { type Answer, answer, page, redirect, text } from './answer.ts'
import { Channel } from './channel.ts'
import type { Cloud } from './cloud.ts'
import { loginPage, type PageContext, statusPage, upstreamPage } from './pages.ts'
import { type Problems, publicationOf } from './publication.ts'
import { FormError, readForm } from './read-form.ts'
import { isSame, type Session, Sessions } from './sessions.ts'
import { factorySettings, readSettings, type Settings } from './settings.ts'
import { statusTexts } from './status-texts.ts'

const COOKIE = 'talon'
const FILES: Readonly<Record<string, string>> = {
  '/device.css': 'text/css; charset=utf-8',
  '/device.js': 'text/javascript; charset=utf-8',
}

/** The device behind its web page: logins, settings, and the channel that they drive. */
export class Talon {
  readonly channel = new Channel()
  readonly #cloud: Cloud
  readonly #sessions = new Sessions()
  #settings: Settings

  constructor(cloud: Cloud) {
    this.#cloud = cloud
    this.#settings = factorySettings(cloud)
  }

  /** Answers every request, whatever is in it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.#route(request).catch(failed)
    response.writeHead(status, headers).end(body)
  }

  async #route(request: IncomingMessage): Promise<Answer> {
    const path = request.url?.split('?')[0] ?? ''
    const session = this.#sessions.find(cookieOf(request), nowMs())
    if (request.method === 'GET' || request.method === 'HEAD') return this.#get(path, session)
    if (request.method !== 'POST') return text(405, 'GET or POST.', { Allow: 'GET, HEAD, POST' })
    if (!isOwnOrigin(request)) throw new FormError(403, 'The form comes from another site.')
    const form = await readForm(request)
    if (path === '/login') return this.#login(form)
    if (!session) return redirect('/login')
    if (!isSame(form.get('token') ?? '', session.formToken)) {
      throw new FormError(403, 'The form is too old; load its page again.')
    }
    return this.#post(path, session, form)
  }

  #get(path: string, session: Session | null): Answer {
    const type = FILES[path]
    if (type !== undefined) {
      return answer(200, type, readFileSync(new URL(`./page${path}`, import.meta.url)))
    }
    if (path === '/login') return page(200, loginPage(''))
    if (path === '/status.json') {
      const status = this.channel.status()
      const told = session ? { ...status, texts: statusTexts(status) } : {}
      return answer(session ? 200 : 401, 'application/json', JSON.stringify(told))
    }
    if (!session) return redirect('/login')
    if (path === '/') return redirect('/status')
    if (path === '/status') return page(200, statusPage(this.#context(session)))
    if (path === '/output/upstream-protocol') return this.#upstream(session, 200)
    throw new FormError(404, 'There is no such page.')
  }

  async #post(path: string, session: Session, form: URLSearchParams): Promise<Answer> {
    switch (path) {
      case '/logout':
        this.#sessions.logout(session.id)
        return redirect('/login')
      case '/output/upstream-protocol':
        return this.#apply(session, form)
      case '/actions/start':
        return this.#start(session, form)
      case '/actions/stop':
        await this.channel.stop()
        return redirect('/status')
      default:
        throw new FormError(404, 'There is no such page.')
    }
  }

  #login(form: URLSearchParams): Answer {
    const now = nowMs()
    if (this.#sessions.isLocked(now)) {
      return page(429, loginPage('Too many wrong passwords; wait a minute.'))
    }
    const [name, password] = [form.get('username') ?? '', form.get('password') ?? '']
    const session = this.#sessions.login(name, password, now)
    if (!session) return page(401, loginPage('Wrong username or password.'))
    const cookie = `${COOKIE}=${session.id}; HttpOnly; SameSite=Strict; Path=/`
    return redirect('/status', { 'Set-Cookie': cookie })
  }

  #apply(session: Session, form: URLSearchParams): Answer {
    this.#settings = readSettings(form, this.#settings)
    const meant = publicationOf(this.#settings, this.#cloud)
    if (!('problems' in meant)) return redirect('/output/upstream-protocol')
    return this.#upstream(session, 422, 'Not all settings are right.', meant.problems)
  }

  #start(session: Session, form: URLSearchParams): Answer {
    this.#settings = readSettings(form, this.#settings)
    const meant = publicationOf(this.#settings, this.#cloud)
    if ('problems' in meant) {
      const notice = 'The stream was not started: not all settings are right.'
      return this.#upstream(session, 422, notice, meant.problems)
    }
    if (this.channel.start(meant.publication)) return redirect('/status')
    const notice = 'The channel streams already: stop it first. New settings hold from then on.'
    return page(409, statusPage({ ...this.#context(session), notice }))
  }

  #upstream(session: Session, status: number, notice = '', problems: Problems = {}): Answer {
    const context = { ...this.#context(session), notice }
    return page(status, upstreamPage(context, this.#settings, problems, this.#cloud.rtmp))
  }

  #context({ formToken }: Session): PageContext {
    return { formToken, status: this.channel.status() }
  }
}

/** What is left of a request that was not read must not be taken for the next one. */
function failed(error: unknown): Answer {
  const close = { Connection: 'close' }
  if (error instanceof FormError) return text(error.status, error.message, close)
  return text(500, `The device failed: ${String(error)}`, close)
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim())
  return cookies.find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
}

/** A browser says where a form comes from; other clients say nothing. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  return URL.parse(origin)?.host === host?.toLowerCase()
}
