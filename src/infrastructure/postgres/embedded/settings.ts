/** The embedded server's configuration file, written whole at every start: it is ours; an administrator's `alter system` still wins. */
export type PostgresSettings = Readonly<Record<string, string>>;

/**
 * For one node of 2 cores that also runs the product: few processes, memory touched only when used, nothing spared on
 * durability (`fsync`, `full_page_writes` and `synchronous_commit` stay on).
 */
const embeddedSettings: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  superuser_reserved_connections: '3',
  max_locks_per_transaction: '128',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  io_method: 'sync',
  max_worker_processes: '4',
  max_logical_replication_workers: '0',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '1',
  max_parallel_maintenance_workers: '1',
  autovacuum_max_workers: '2',
  random_page_cost: '1.1',
  jit: 'off',
  // No replica reads this log, so a bulk load into a table of its own transaction need not be written twice.
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'pglz',
  max_wal_size: '1GB',
  min_wal_size: '80MB',
  dynamic_shared_memory_type: 'posix',
  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'iso, mdy',
  lc_messages: 'C',
  default_text_search_config: 'pg_catalog.english',
  password_encryption: 'scram-sha-256',
  // Statements and their errors carry personal data; the product's own log has what is fit to be kept.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/** The text of `postgresql.conf`: our settings, then `more`, which win. */
export function renderSettings(port: number, more: PostgresSettings): string {
  const settings = { ...embeddedSettings, ...(process.platform === 'win32' ? { dynamic_shared_memory_type: 'windows' } : {}), ...more, port: String(port) };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written at every start; change settings with "alter system".\n${lines.join('\n')}\n`;
}
