/** What a person does with failed changes. */
export interface FailedActions {
  /** Tries failed changes again, all of them where no id is named. */
  retry(id?: string): Promise<void>
  /** In words, where a record is left whose change is given up, and where its text. */
  discardWords(id: string): Promise<string>
  /**
   * Gives a change up: its text goes to version history, a record that the server has not to the Trash. False: it is in
   * conflict by now, and nothing was given up.
   */
  discard(id: string): Promise<boolean>
  /** Hands the record's text to the clipboard; false where the browser does not allow it. */
  copy(id: string): Promise<boolean>
  /** Hands the record out as a JSON file. */
  exportFile(id: string): void
}
