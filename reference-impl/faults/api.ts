import { STREAM_STATES } from '../live/stream-states.ts'
import type { Fault } from './fault.ts'

/** How long `write-behind` keeps acknowledged writes from the disk, ms. */
const WRITE_BEHIND_MS = 30_000

/** Every so many streams, `reused-name` gives away the name of the one before. */
const REUSE_EVERY = 10

export const apiFaults: readonly Fault[] = [
  {
    id: 'no-playout',
    summary: 'Streams have no playout entry.',
    breaks: ['api.create'],
    install({ api }) {
      const { stream } = api
      api.stream = (shown) => {
        const { playout, ...rest } = stream(shown)
        return { ...rest, playout: { ...playout, h5live: [] } }
      }
    },
  },
  {
    id: 'reused-name',
    summary: 'Every tenth stream shows the name of the stream before it.',
    breaks: ['api.unique-names'],
    install({ api }) {
      const { stream } = api
      const names = new Map<string, string>()
      let previous: string | undefined
      api.stream = (shown) => {
        const fresh = stream(shown)
        const own = fresh.ingest?.rtmp.streamname
        if (own === undefined) return fresh
        if (!names.has(fresh.id)) {
          const reuse = previous !== undefined && (names.size + 1) % REUSE_EVERY === 0
          names.set(fresh.id, reuse ? previous! : own)
          previous = own
        }
        const rtmp = { ...fresh.ingest!.rtmp, streamname: names.get(fresh.id)! }
        return { ...fresh, ingest: { rtmp } }
      }
    },
  },
  {
    id: 'forgets-tags',
    summary: 'A stream asked for by its id has no tags.',
    breaks: ['api.get'],
    install({ api }) {
      const { get } = api
      api.get = (shown) => ({ ...get(shown), tags: [] })
    },
  },
  {
    id: 'html-404',
    summary: 'What is not found is answered with a page for people.',
    breaks: ['api.unknown'],
    install({ api }) {
      const { error } = api
      api.error = (answer, cause) =>
        answer.status === 404
          ? { status: 404, contentType: 'text/html', body: '<html><h1>Not Found</h1></html>' }
          : error(answer, cause)
    },
  },
  {
    id: 'list-deleted',
    summary: 'Deleted streams are listed without being asked for.',
    breaks: ['api.list'],
    install({ api }) {
      const { list } = api
      api.list = (query, newest) => {
        const asked = list(query, newest)
        return asked.states.length > 1 ? { ...asked, states: STREAM_STATES } : asked
      }
    },
  },
  {
    id: 'skips-on-insert',
    summary:
      'Pages are counted from the newest stream, so that streams created meanwhile shift them.',
    breaks: ['api.paging'],
    install({ api }) {
      const { list } = api
      let newestAtFirstPage = 0
      api.list = (query, newest) => {
        const asked = list(query, newest)
        if (asked.before > newest) {
          newestAtFirstPage = newest
          return asked
        }
        return { ...asked, before: asked.before - (newest - newestAtFirstPage) }
      }
    },
  },
  {
    id: 'tags-append',
    summary: 'Tags are added to those that are there.',
    breaks: ['api.tags'],
    install({ api }) {
      const { tags } = api
      api.tags = (stored, wanted) => [...stored, ...tags(stored, wanted)]
    },
  },
  {
    id: 'stuck-live',
    summary: 'A stream stays live when its encoder has gone.',
    breaks: ['api.states', 'resilience.publisher-blackout', 'resilience.silent-publisher'],
    install({ api }) {
      const { directory } = api
      api.directory = (inner) => {
        const real = directory(inner)
        return {
          find: (name) => real.find(name),
          apply: (name, event) => event === 'unpublish' || real.apply(name, event),
          onCommand: (listener) => real.onCommand(listener),
        }
      }
    },
  },
  {
    id: 'lock-ignored',
    summary: 'A locked stream accepts ingest.',
    breaks: ['api.stop-lock-delete'],
    install({ api }) {
      const { directory } = api
      api.directory = (inner) => {
        const real = directory(inner)
        return {
          find(name) {
            const entry = real.find(name)
            return entry?.state === 'locked' ? { ...entry, state: 'ended' } : entry
          },
          apply: (name, event) => real.find(name)?.state === 'locked' || real.apply(name, event),
          onCommand: (listener) => real.onCommand(listener),
        }
      }
    },
  },
  {
    id: 'no-auth',
    summary: 'Any key will do, and none.',
    breaks: ['api.auth'],
    install({ api }) {
      api.authorised = () => true
    },
  },
  {
    id: 'stack-trace',
    summary: 'Errors show where in the code they came about.',
    breaks: ['api.errors'],
    install({ api }) {
      const { error } = api
      api.error = (answer, cause) => {
        const shown = error(answer, cause)
        const body = JSON.parse(shown.body) as { error: { message: string } }
        if (cause instanceof Error) body.error.message = cause.stack ?? cause.message
        return { ...shown, body: JSON.stringify(body) }
      }
    },
  },
  {
    id: 'write-behind',
    summary: 'Writes are acknowledged first and reach the disk half a minute later.',
    breaks: ['api.durable'],
    install({ api }) {
      api.commit = (write) => {
        setTimeout(write, WRITE_BEHIND_MS).unref()
      }
    },
  },
]
