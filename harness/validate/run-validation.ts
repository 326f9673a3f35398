import { writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, relative } from 'node:path'
import pc from 'picocolors'
import { findRule } from '../conformance/registry.ts'
import { EnvironmentError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { HealthMonitor } from '../measure/health.ts'
import { tellGithub } from '../report/github.ts'
import { describeHost } from '../report/host.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { RunWriter } from '../report/run-writer.ts'
import { programVersions, toolVersion } from '../report/versions.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import { readRemoteTarget } from '../targets/remote.ts'
import type { Target } from '../targets/target.ts'
import { cleanText, redactEvidence, usedSecrets } from './bundle/redact.ts'
import { wireFiles } from './bundle/wire-files.ts'
import { writeBundle } from './bundle/write-bundle.ts'
import { type Door, type DoorProtocol, openDoor } from './door.ts'
import { formLines } from './forms.ts'
import { SETTLE_MS } from './limits.ts'
import { startLivePage } from './live-page.ts'
import type { ValidationView } from './live-state.ts'
import { observe } from './observe.ts'
import { pause } from './pause.ts'
import { type ProvocationKind, planProvocations } from './provocation-plan.ts'
import { PROVOCATION_NAME } from './provoke.ts'
import { resultOf } from './result.ts'
import { TerminalView } from './terminal-view.ts'
import { type Validation, ValidationRun } from './validation.ts'
import { sentenceOf, verdictText } from './verdict-text.ts'

export interface ValidateOptions {
  readonly protocol: DoorProtocol
  readonly target: string
  /** s */
  readonly durationS: number
  readonly waitS: number
  readonly stopWaitS: number
  readonly hosts: readonly string[]
  readonly port: number
  readonly encrypted: boolean
  readonly link?: string
  readonly seed: number
  readonly out: string
  readonly provoke: readonly ProvocationKind[]
  /** Pack what came on the wire, pictures and sound included. */
  readonly wire: boolean
  /** Serve the live page. */
  readonly page: boolean
  /** What a person says of the device, where the wire does not tell. */
  readonly device?: string
  readonly firmware?: string
  readonly command: string
}

export interface ValidationResult {
  readonly record: Readonly<RunRecord>
  readonly dir: string
  readonly bundle: string | null
}

/**
 * From an open door to a certificate: Ctrl-C at any time ends it with a valid report.
 * @throws UsageError | EnvironmentError | TargetError
 */
export async function runValidation(options: ValidateOptions): Promise<ValidationResult> {
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => stop.abort(signal)
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const target = await openTarget(options)
  let door: Door | null = null
  const views: ValidationView[] = []
  try {
    const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
    const stream = await client.createStream({ tags: ['validate'] })
    await observe(target, options.protocol, stop.signal)
    door = await openDoor({ ...options, target, stream })
    const writer = new RunWriter({
      out: options.out,
      seed: options.seed,
      command: options.command,
      target: { name: target.name, kind: target.kind, api: target.api },
      host: describeHost(),
      tool: toolVersion(),
      versions: programVersions(),
      ruleCard: findRule,
    })
    const page = options.page ? await startLivePage() : null
    const terminal = new TerminalView()
    views.push(terminal, ...(page ? [page] : []))
    const { planned, leftOut } = planProvocations(options.durationS, options.provoke)
    for (const line of formLines(door.addresses)) terminal.say(line)
    if (page) terminal.say(`Live page: ${page.url}\n`)
    if (leftOut.length > 0) terminal.say(pc.dim(shortText(leftOut)))

    const startedAt = nowMs()
    const health = new HealthMonitor(target.reference ? { targetPid: target.reference.pid } : {})
    const run = new ValidationRun({
      ...options,
      target,
      stream,
      door,
      views,
      planned,
      signal: stop.signal,
    })
    const seen = await run.run().catch(async (error: Error) => {
      // What was seen until then is lost, but not that it was tried.
      writer.interrupt('harness-error', error.message)
      await renderReports(writer.dir)
      throw error
    })
    const final = await ended(seen, { target, client, id: stream.id, protocol: options.protocol })
    const secrets = [stream.name, stream.ingest.whip?.token ?? '']
    const evidence = redactEvidence(final.evidence, secrets)
    if (door.link) health.addDeliveries(door.link.id, door.link.stats())
    const judged = await health.stop()
    if (stop.signal.aborted) writer.interrupt('signal', String(stop.signal.reason))
    writer.noteHealth(judged.figures)
    const scenario = writer.scenario(
      resultOf({
        options,
        seen: { ...final, evidence },
        startedAt,
        leftOut,
        link: door.link,
        // That is what each look costs; no rule is as fine as that.
        unfit: judged.causes.filter((cause) => !cause.startsWith('event loop late, p99')),
        clean: (text) => cleanText(text, secrets, []),
      }),
    )
    const record = writer.finish()
    let bundle: string | null = null
    if (evidence.sessions.length > 0) {
      bundle = join(writer.dir, 'certificate.tar.gz')
      const { device } = scenario
      writeFileSync(
        bundle,
        writeBundle({
          about: {
            createdAt: new Date().toISOString(),
            tool: { name: record.run.tool.name, version: record.run.tool.version },
            protocol: options.protocol,
            device: {
              name: options.device ?? device?.name ?? 'an unknown encoder',
              version: device?.version ?? null,
              firmware: options.firmware ?? null,
            },
            verdict: { status: record.summary.status, sentence: record.summary.sentence },
          },
          report: record,
          evidence,
          environment: {
            run: record.run,
            health: record.health,
            device,
            reactions: scenario.reactions,
          },
          wire: wireOf(options, door, [
            ...secrets,
            ...usedSecrets(final.evidence),
            ...options.hosts,
          ]),
        }),
      )
    }
    const files = await renderReports(writer.dir)
    const near = (path: string) => relative(process.cwd(), path)
    const { status } = record.summary
    run.over({ status, sentence: sentenceOf(record), report: near(files.html) }, evidence)
    for (const view of views) await view.close()
    console.log(
      verdictText(
        record,
        { report: near(files.html), bundle: bundle && near(bundle) },
        pc.createColors(process.stdout.isTTY === true && pc.isColorSupported),
      ),
    )
    tellGithub(record)
    return { record, dir: writer.dir, bundle }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    for (const view of views) await view.close()
    await door?.close()
    await target.close()
  }
}

async function openTarget(options: ValidateOptions): Promise<Target> {
  const { target, protocol, hosts, link, port } = options
  if (target !== 'reference') {
    const remote = readRemoteTarget(target)
    if (remote.reference) return remote
    const text = `${remote.name} keeps no ingest records: nothing of an encoder could be judged`
    throw new EnvironmentError('LP_OBSERVE_NONE', text)
  }
  const [host] = hosts
  // A link listens for it, and so it need not.
  const own = protocol === 'whip' && host && isIP(host) && link === undefined && port === 0
  return startReferenceTarget(own ? { whipHost: host } : {})
}

function wireOf({ wire, protocol }: ValidateOptions, { capture }: Door, secrets: string[]) {
  if (!wire || capture === null || protocol === 'whip') return []
  return wireFiles(protocol, capture, secrets)
}

function shortText(leftOut: readonly { what: ProvocationKind }[]): string {
  const names = leftOut.map(({ what }) => PROVOCATION_NAME[what]).join(', ')
  return `With --duration 60 it is also judged how it copes with ${names}.\n`
}

interface Ending {
  readonly target: Target
  readonly client: BintuClient
  readonly id: string
  readonly protocol: DoorProtocol
}

/** Deletes the stream, so that what is still open ends, and looks a last time. */
async function ended(
  seen: Validation,
  { target, client, id, protocol }: Ending,
): Promise<Validation> {
  const until = seen.evidence.until
  await client.deleteStream(id).catch(() => {})
  const deadline = nowMs() + SETTLE_MS
  let evidence = seen.evidence
  for (;;) {
    // What was seen last stands, where the target is too slow to tell more.
    evidence = await observe(target, protocol, AbortSignal.timeout(LAST_LOOK_MS)).catch(
      () => evidence,
    )
    const open = evidence.sessions.some(({ closedAt }) => closedAt === null)
    if (!open || nowMs() >= deadline)
      return { ...seen, evidence: { ...evidence, ...(until === undefined ? {} : { until }) } }
    await pause(SETTLE_LOOK_MS, new AbortController().signal)
  }
}

const LAST_LOOK_MS = 10_000
const SETTLE_LOOK_MS = 100
