/** `campaigns=http://10.0.0.1:8002`: an instance of a service. A service named again has one instance more. */
export function upstreamsFrom(written: readonly string[]): ReadonlyMap<string, readonly URL[]> {
  const services = new Map<string, URL[]>()
  for (const each of written) {
    const [service = '', url = ''] = each.split(/=(.*)/s)
    services.set(service, [...(services.get(service) ?? []), new URL(url)])
  }
  return services
}
