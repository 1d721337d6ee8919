import CSQLite

/// Decides what a query may do, while SQLite compiles it: read columns by list, call functions by list, nothing else.
enum SQLAuthorizer {
    /// Codes of `sqlite3_set_authorizer`: 20 read, 21 select, 31 function.
    static let callback: @convention(c) (
        UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?
    ) -> Int32 = { _, action, first, second, _, _ in
        let (first, second) = (unsafe first.map { unsafe String(cString: $0) } ?? "", unsafe second.map { unsafe String(cString: $0) } ?? "")
        let isAllowed =
            switch action {
            case SQLITE_SELECT: true
            case SQLITE_READ: mayRead(first.lowercased(), second.lowercased())
            case SQLITE_FUNCTION: SQLViews.functions.contains(second.lowercased())
            default: false
            }
        return isAllowed ? SQLITE_OK : SQLITE_DENY
    }

    /// An empty column is the row itself, as in `SELECT 1 FROM runs` and `COUNT(*)`: it tells how many rows there are.
    private static func mayRead(_ table: String, _ column: String) -> Bool {
        guard let columns = SQLViews.readable[table] else { return false }
        return column.isEmpty || columns.contains(column)
    }
}

/// The two functions behind `training_metrics`: they read one point of a packed chunk.
enum SQLChunkFunctions {
    typealias Function = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

    /// The offset of a point from the chunk's first step; null where there is none.
    static let step: Function = { context, _, arguments in
        guard let (bytes, _, place) = unsafe point(arguments) else { return unsafe sqlite3_result_null(context) }
        unsafe sqlite3_result_int64(context, Int64(bytes[2 * place]) | Int64(bytes[2 * place + 1]) << 8)
    }

    /// The value of a point; null where there is none, and for what is not a number.
    static let value: Function = { context, _, arguments in
        guard let (bytes, count, place) = unsafe point(arguments) else { return unsafe sqlite3_result_null(context) }
        var bits: UInt64 = 0
        for byte in 0..<8 { unsafe bits |= UInt64(bytes[2 * count + 8 * place + byte]) << (8 * UInt64(byte)) }
        let number = Double(bitPattern: bits)
        if number.isFinite { unsafe sqlite3_result_double(context, number) } else { unsafe sqlite3_result_null(context) }
    }

    /// The bytes of a chunk, its number of points, and the asked place in it; nil for anything else.
    private static func point(_ arguments: UnsafeMutablePointer<OpaquePointer?>?) -> (bytes: UnsafePointer<UInt8>, count: Int, place: Int)? {
        guard let arguments = unsafe arguments, unsafe sqlite3_value_type(arguments[0]) == SQLITE_BLOB, let blob = unsafe sqlite3_value_blob(arguments[0]) else { return nil }
        let size = unsafe Int(sqlite3_value_bytes(arguments[0])), place = unsafe sqlite3_value_int64(arguments[1])
        guard size % 10 == 0, 0..<Int64(size / 10) ~= place else { return nil }
        return unsafe (blob.assumingMemoryBound(to: UInt8.self), size / 10, Int(place))
    }
}
