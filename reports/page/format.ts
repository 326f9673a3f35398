/** Milliseconds to three significant digits: 0.84 ms, 12.3 ms, 1,984 ms. Without the unit. */
export function msText(ms: number): string {
  const digits = ms >= 100 ? 0 : ms >= 10 ? 1 : 2
  return ms.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A moment since a beginning: 12.4 ms, 5.012 s */
export function atText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)} s`
  return ms === 0 ? '0 ms' : `${msText(ms)} ms`
}

/** An error bound: at least one digit that says something. */
export function boundText(ms: number): string {
  if (ms === 0) return '0'
  return ms >= 0.01 ? msText(ms) : ms.toPrecision(1)
}

export function countText(n: number): string {
  return n.toLocaleString('en')
}

/** 840 ms, 47.3 s, 12 min 05 s */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** 2026-01-12 09:30:15 UTC, the same for every reader. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** A health figure with its unit; shares as per cent, bytes as MB. */
export function figureText(value: number, unit: string): string {
  if (unit === 'share') return `${rounded(100 * value)} %`
  if (unit === 'bytes') return `${rounded(value / 1e6)} MB`
  return `${rounded(value)} ${unit}`
}

/** Three significant digits; whole numbers stay whole. */
function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

/** Programs announce themselves in whole sentences; the first word with a dotted number is enough. */
export function versionText(said: string): string {
  return /[^\s(),]*\d+\.\d+[^\s(),]*/.exec(said)?.[0] ?? said
}

export function plural(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? '' : 's'}`
}
