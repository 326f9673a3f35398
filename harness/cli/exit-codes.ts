/** What every command tells its caller, CI first of all. */
export const EXIT = {
  /** Everything that ran conforms. */
  conformant: 0,
  /** At least one MUST was broken, or a scenario failed. */
  findings: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The machine lacks something, nothing ran, or the harness cannot vouch for what it measured. */
  environment: 3,
} as const
