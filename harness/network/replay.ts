import { Agenda } from './agenda.ts'
import type { DecisionLog } from './decision-log.ts'
import { makeDirection } from './link-model.ts'
import type { LoadedLink } from './load-link.ts'

const nowhere = { deliver() {} }

/**
 * Makes a log again from what was offered and when: every verdict and time must come out the same,
 * which shows that the log holds all that decided. @throws RangeError for an incomplete log
 */
export function replay(options: {
  link: LoadedLink
  name: 'up' | 'down'
  seed: number
  protocol: 'tcp' | 'udp'
  log: DecisionLog
}): DecisionLog {
  const { link, name, seed, protocol, log } = options
  if (!log.complete) throw new RangeError('the log is not complete, so it cannot be replayed')
  const agenda = new Agenda()
  const direction = makeDirection(name, agenda, { link, seed, protocol })
  const changes = [...log.changes]
  const changeBefore = (index: number) => {
    while (changes[0] && changes[0].before <= index) {
      const change = changes.shift()!
      agenda.runUntil(change.at)
      if ('set' in change) direction.set(change.at, change.set)
      else direction.schedule(change.at, change.steps, change.loopMs)
    }
  }
  for (const { index, at, size, verdict } of log) {
    changeBefore(index)
    agenda.runUntil(at)
    direction.offer(at, size, nowhere, verdict === 'half-open')
  }
  changeBefore(log.length)
  agenda.runUntil(log.until)
  return direction.log
}
