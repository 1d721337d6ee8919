import GRDB

/// Changes to the catalog inside one transaction. Valid only inside the closure it was given to.
public struct CatalogWriter {
    let db: Database

    /// The same moment, for questions; sees the changes made so far.
    public var reader: CatalogReader { CatalogReader(db: db) }
}

extension CatalogWriter {
    /// Executes one statement and says how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        return db.changesCount
    }
}
