import GRDB

/// The tables of the journal, and what every connection to them is told (F1).
enum Schema {
  /// `Drft`: another program's database is never written.
  static let applicationID = 0x4472_6674
  static let version = 1

  /// Connection settings that do not write.
  static func configuration(readonly: Bool = false) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.label = "journal"
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA wal_autocheckpoint = 1000;
          PRAGMA journal_size_limit = 16777216;
          """)
    }
    return configuration
  }

  enum Standing { case current, newer, foreign }

  /// Whose database it is, and how old; makes or upgrades ours in one transaction that shuts others out.
  static func prepare(_ queue: DatabaseQueue, isFile: Bool) throws -> Standing {
    try queue.writeWithoutTransaction { database in
      let standing = try standing(database)
      guard standing == .current else { return standing }
      if isFile { try database.execute(sql: "PRAGMA journal_mode = WAL") }
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
      try database.inTransaction(.exclusive) {
        // Again, now that nobody else can be making it.
        if try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 {
          try database.execute(sql: first)
          try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
        return .commit
      }
      return .current
    }
  }

  private static func standing(_ database: Database) throws -> Standing {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") ?? 0
    if application == applicationID { return found > version ? .newer : .current }
    return application == 0 && found == 0 && tables == 0 ? .current : .foreign
  }

  /// Times in microseconds of the epoch; `mono` in nanoseconds since the machine started; `process` is pid and start
  /// time. Rows are in the order of `sequence`, whatever the clocks did (F9).
  private static let first = """
    CREATE TABLE transitions (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      wall INTEGER NOT NULL, mono INTEGER NOT NULL, process TEXT NOT NULL,
      cluster TEXT NOT NULL, api_group TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
      uid TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,
      reason TEXT NOT NULL, message TEXT NOT NULL, revision TEXT
    ) STRICT;
    CREATE INDEX transitions_object ON transitions (cluster, api_group, kind, namespace, name, sequence);
    CREATE TABLE actions (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      wall INTEGER NOT NULL, mono INTEGER NOT NULL, process TEXT NOT NULL,
      mutation INTEGER NOT NULL, verb TEXT NOT NULL,
      cluster TEXT NOT NULL, api_group TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
      uid TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, request TEXT NOT NULL, equivalent TEXT NOT NULL,
      token TEXT NOT NULL, stage TEXT NOT NULL, outcome TEXT NOT NULL
    ) STRICT;
    CREATE INDEX actions_object ON actions (cluster, api_group, kind, namespace, name, sequence);
    """
}
