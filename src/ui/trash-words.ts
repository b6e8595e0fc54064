/** How long what was deleted waits in the Trash: with an account the server empties it. */
export function trashWords(many: number, account: boolean): string {
  const here = `waits here${account ? ' for 30 days' : ''}`
  if (many === 0) return `Nothing is here. What you delete ${here}, and you can restore it.`
  return account
    ? `What you deleted ${here}, then it goes for good. Until then you can restore it.`
    : `What you deleted ${here} until you restore it or delete it for good.`
}
