/** One line of a device's form, in the words that such forms use. */
export interface FormField {
  readonly label: string
  readonly value: string
}

/** Everything that is to be entered for one address. */
export interface DoorAddress {
  readonly host: string
  readonly fields: readonly FormField[]
}
