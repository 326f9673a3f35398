import { readFileSync, statSync } from 'node:fs'
import { Command } from 'commander'
import pc from 'picocolors'
import { UsageError } from '../errors.ts'
import { clipLine, safeLine } from '../report/safe-line.ts'
import { BundleError } from '../validate/bundle/bundle-error.ts'
import { judgeBundle, type Rejudged } from '../validate/bundle/judge-bundle.ts'
import { MAX_BUNDLE_BYTES } from '../validate/bundle/limits.ts'
import { sha256Of } from '../validate/bundle/manifest.ts'
import { type Bundle, readBundle } from '../validate/bundle/read-bundle.ts'
import { EXIT } from './exit-codes.ts'

interface Options {
  sha256?: string
  json?: boolean
}

export function judge(): Command {
  return new Command('judge')
    .description('Judge the capture of a certificate bundle anew, and compare with its report')
    .argument('<bundle>', 'certificate.tar.gz of liveproof validate')
    .option('--sha256 <hex>', 'what the bundle must be, as its maker told you')
    .option('--json', 'the result as JSON')
    .action((file: string, { sha256, json }: Options) => {
      const bytes = read(file)
      const digest = sha256Of(bytes)
      if (sha256 !== undefined && sha256.toLowerCase() !== digest)
        throw new BundleError('LP_BUNDLE_TAMPERED', `this bundle is not ${sha256}, but ${digest}`)
      const bundle = readBundle(bytes)
      const rejudged = judgeBundle(bundle)
      if (json) console.log(JSON.stringify({ sha256: digest, ...rejudged }, null, 2))
      else console.log(text(bundle, rejudged, digest))
      process.exitCode = exitCodeOf(rejudged)
    })
}

function read(file: string): Buffer {
  try {
    if (statSync(file).size > MAX_BUNDLE_BYTES)
      throw new BundleError('LP_BUNDLE_SIZE', `${file} is larger than a bundle may be`)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof BundleError) throw error
    throw new UsageError('LP_BUNDLE_FILE', `cannot read ${file}: ${(error as Error).message}`)
  }
}

/** A report that the capture does not bear out is a finding, as is an encoder that breaks a MUST. */
function exitCodeOf({ verdicts, differences }: Rejudged): number {
  if (differences.length > 0) return EXIT.findings
  if (verdicts.every(({ outcome }) => outcome === 'skipped')) return EXIT.environment
  return verdicts.some(({ outcome }) => outcome === 'fail') ? EXIT.findings : EXIT.conformant
}

function text(
  { manifest, evidence }: Bundle,
  { verdicts, differences, wire }: Rejudged,
  digest: string,
): string {
  const { device, protocol, createdAt, tool } = manifest
  const count = (outcome: string) => verdicts.filter((one) => one.outcome === outcome).length
  const name = [device.name, device.version, device.firmware && `firmware ${device.firmware}`]
  const frames = evidence.sessions.reduce((sum, one) => sum + one.frames.at.length, 0)
  const broken = verdicts.filter(({ outcome }) => outcome === 'fail')
  return [
    `device    ${safeLine(name.filter(Boolean).join(', '))}, over ${protocol.toUpperCase()}`,
    `made      ${createdAt} by ${safeLine(tool.name)} ${safeLine(tool.version)}`,
    `capture   ${evidence.sessions.length} sessions, ${frames} frames; ${wireText(wire)}`,
    `sha256    ${digest}`,
    '',
    `Judged anew: ${count('pass')} hold, ${count('fail')} broken, ${count('warn')} with a warning, ${count('skipped')} not judged`,
    ...broken.map(
      ({ rule, expected, actual }) =>
        `${pc.red(`✕ ${rule}`)}: expected ${clipLine(expected)}; saw ${clipLine(actual)}`,
    ),
    '',
    ...(differences.length === 0
      ? [pc.green('✓ The report says what the capture shows: every verdict is the same.')]
      : [
          pc.red(`✕ The report differs from the capture in ${differences.length}:`),
          ...differences.map(
            ({ rule, what, report, anew }) =>
              `  ${safeLine(rule)}, ${what}: the report says "${clipLine(report)}", the capture "${clipLine(anew)}"`,
          ),
        ]),
  ].join('\n')
}

function wireText(wire: Rejudged['wire']): string {
  if (wire.length === 0) return 'what came on the wire is not packed'
  const compared = wire.reduce((sum, one) => sum + one.compared, 0)
  return `${compared} frames or packets of the wire compared with them`
}
