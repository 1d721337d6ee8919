import GRDB

/// Changes to the catalog inside one transaction. Valid only inside the closure that received it.
public struct CatalogWriter {
    let db: Database

    /// Queries within the transaction; they see the changes made so far.
    public var reader: CatalogReader { CatalogReader(db: db) }
}

extension CatalogWriter {
    /// Executes one statement and returns the number of rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        return db.changesCount
    }
}
