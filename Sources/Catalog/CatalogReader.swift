import GRDB

/// Queries that all see the same snapshot. Valid only inside the closure that received it.
public struct CatalogReader {
    let db: Database
}

extension CatalogReader {
    func all<T>(_ sql: String, _ arguments: StatementArguments = [], _ make: (Row) throws -> T) throws -> [T] {
        var values: [T] = []
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try cursor.next() { values.append(try make(row)) }
        return values
    }

    func one<T>(_ sql: String, _ arguments: StatementArguments = [], _ make: (Row) throws -> T) throws -> T? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments).map(make)
    }

    func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }
}
