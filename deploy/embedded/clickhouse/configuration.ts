/**
 * The server's configuration, written at each start since the port may have changed. Its logs are for people who look at it: each time one is
 * written makes a part of some hundred columns, so that is done seldom. Parts that were merged are removed a few at a time by one thread:
 * the usual hundreds every half minute by 128 threads make every other program wait for the disk.
 */
export const configuration = (folder: string, httpPort: number): string => `<clickhouse>
  <logger><level>warning</level><console>true</console><console_log_level>warning</console_log_level></logger>
  <query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>30000</flush_interval_milliseconds><ttl>event_date + INTERVAL 3 DAY DELETE</ttl></query_log>
  <part_log><database>system</database><table>part_log</table><flush_interval_milliseconds>30000</flush_interval_milliseconds><ttl>event_date + INTERVAL 3 DAY DELETE</ttl></part_log>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${httpPort}</http_port>
  <path>${xml(folder)}/data/</path>
  <users_config>${xml(folder)}/users.xml</users_config>
  <async_load_databases>false</async_load_databases>
  <max_server_memory_usage>4000000000</max_server_memory_usage>
  <max_concurrent_queries>100</max_concurrent_queries>
  <max_parts_cleaning_thread_pool_size>1</max_parts_cleaning_thread_pool_size>
  <merge_tree><cleanup_delay_period>2</cleanup_delay_period><cleanup_delay_period_random_add>0</cleanup_delay_period_random_add></merge_tree>
  <mark_cache_size>268435456</mark_cache_size>
</clickhouse>
`

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
