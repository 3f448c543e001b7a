/** @returns what stands there @throws when it is no success */
export const askAt = async (url: string, signal: AbortSignal): Promise<string> => {
  const answer = await fetch(url, { signal })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answers ${answer.status} ${text}`)
  return text
}
