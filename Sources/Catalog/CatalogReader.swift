import GRDB

/// Questions to the catalog, all answered from the same moment. Valid only inside the closure it was given to.
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
