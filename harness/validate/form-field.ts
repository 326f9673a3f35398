/** One line of a device's form, in the words that such forms use. */
export interface FormField {
  readonly label: string
  readonly value: string
  /** What must not be shown to others: left out of reports. */
  readonly secret?: boolean
}

/** Everything that is to be entered for one address. */
export interface DoorAddress {
  readonly host: string
  readonly fields: readonly FormField[]
}
