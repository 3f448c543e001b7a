/** Drafts a campaign. @returns its id */
export const createCampaign = async (service: string, token: string, body: string): Promise<string> => {
  const answer = await fetch(`${service}/v1/campaigns`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
  if (answer.status !== 201) throw new Error(`POST /v1/campaigns was answered ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}
