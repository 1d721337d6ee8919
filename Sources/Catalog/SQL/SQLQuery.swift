import Canonical
import CSQLite

/// One query of the documented views, on a read-only connection of its own.
///
/// What keeps it harmless: an authorizer with lists of columns and functions, the limits of the connection, a bound on rows and bytes, and a time limit. A call of one
/// function can outlast the time limit, and memory is the process's: run it in a process that can be killed (`fidelio sql-worker`).
public struct SQLQuery: Sendable {
    /// What a query may take.
    public struct Limits: Sendable, Equatable {
        /// Rows of the answer.
        public var rows = 10_000
        /// Bytes of the answer, as JSON.
        public var bytes = 16 << 20
        /// Seconds until SQLite is interrupted.
        public var seconds = 5.0
        /// Bytes of SQLite's heap.
        public var heap: Int64 = 256 << 20

        /// The limits of a cell.
        public init() {}
    }

    /// The longest text of a query, in bytes.
    public static let longest = 20_000

    /// One SELECT statement.
    public let text: String
    /// What it may take.
    public var limits: Limits

    /// Makes a query.
    public init(_ text: String, limits: Limits = Limits()) { (self.text, self.limits) = (text, limits) }

    /// Asks the catalog of a path. The connection is closed before the answer is written anywhere, so that no reader holds the write-ahead log.
    /// - Errors: `SQLProblem`
    public func answer(from path: String) throws(SQLProblem) -> SQLAnswer {
        guard text.utf8.count <= SQLQuery.longest else { throw SQLProblem("the query is longer than \(SQLQuery.longest) bytes") }
        guard !text.utf8.contains(0) else { throw SQLProblem("the query holds a zero byte") }
        let connection = try SQLConnection(path, limits)
        defer { connection.close() }
        return try connection.answer(text, limits)
    }
}

/// A raw connection to a catalog for one query.
@safe private final class SQLConnection {
    private let database: OpaquePointer
    private let deadline: ContinuousClock.Instant

    init(_ path: String, _ limits: SQLQuery.Limits) throws(SQLProblem) {
        var opened: OpaquePointer?
        let result = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened = unsafe opened else { throw SQLProblem("the catalog cannot be opened") }
        unsafe database = opened
        deadline = .now + .seconds(limits.seconds)
        guard result == SQLITE_OK else {
            defer { close() }
            throw problem("the catalog cannot be opened: ")
        }
        try prepare(limits)
    }

    func close() { unsafe sqlite3_close_v2(database) }

    // MARK: Opening

    /// Creates the views, and locks the connection afterwards.
    private func prepare(_ limits: SQLQuery.Limits) throws(SQLProblem) {
        unsafe sqlite3_busy_timeout(database, 2000)
        sqlite3_hard_heap_limit64(limits.heap)
        for (option, isOn) in [
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false), (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false), (SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false), (SQLITE_DBCONFIG_DQS_DML, false), (SQLITE_DBCONFIG_DQS_DDL, false), (SQLITE_DBCONFIG_DEFENSIVE, true),
        ] {
            guard unsafe fidelio_sqlite_configure(database, Int32(option), isOn ? 1 : 0) == SQLITE_OK else { throw SQLProblem("SQLite does not accept option \(option)") }
        }
        for unsafe (name, function) in unsafe [("chunk_step", SQLChunkFunctions.step), ("chunk_value", SQLChunkFunctions.value)] {
            let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
            guard unsafe sqlite3_create_function_v2(database, name, 2, flags, nil, function, nil, nil, nil) == SQLITE_OK else { throw problem("") }
        }
        var script = "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE chunk_places (place INTEGER PRIMARY KEY);"
        script += "WITH RECURSIVE places (place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM places WHERE place < \(MetricChunk.span - 1)) INSERT INTO temp.chunk_places SELECT place FROM places;"
        for view in SQLViews.all { script += "CREATE TEMP VIEW \(view.name) AS \(view.body);" }
        guard unsafe sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK else { throw problem("") }
        lock(limits)
    }

    private func lock(_ limits: SQLQuery.Limits) {
        for (category, value) in [
            (SQLITE_LIMIT_LENGTH, 1_000_000), (SQLITE_LIMIT_SQL_LENGTH, 20_000), (SQLITE_LIMIT_COLUMN, 200), (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 20),
            (SQLITE_LIMIT_VDBE_OP, 25_000), (SQLITE_LIMIT_FUNCTION_ARG, 16), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200), (SQLITE_LIMIT_VARIABLE_NUMBER, 0),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ] { unsafe sqlite3_limit(database, category, Int32(value)) }
        unsafe sqlite3_progress_handler(database, 1000, { context in
            guard let context = unsafe context else { return 1 }
            return unsafe Unmanaged<SQLConnection>.fromOpaque(context).takeUnretainedValue().isLate ? 1 : 0
        }, Unmanaged.passUnretained(self).toOpaque())
        unsafe sqlite3_set_authorizer(database, SQLAuthorizer.callback, nil)
    }

    private var isLate: Bool { ContinuousClock.now > deadline }

    // MARK: Asking

    func answer(_ text: String, _ limits: SQLQuery.Limits) throws(SQLProblem) -> SQLAnswer {
        let statement = unsafe try compiled(text)
        defer { unsafe sqlite3_finalize(statement) }
        let count = unsafe sqlite3_column_count(statement)
        var answer = SQLAnswer(columns: Self.distinct((0..<count).map { place in unsafe sqlite3_column_name(statement, place).map { unsafe String(cString: $0) } ?? "" }), rows: [])
        var bytes = 0
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let row = (0..<count).map { unsafe Self.value(statement, $0) }
                bytes += row.reduce(0) { $0 + ($1.stringValue?.utf8.count ?? 20) + 4 }
                guard answer.rows.count < limits.rows, bytes <= limits.bytes else {
                    answer.isTruncated = true
                    return answer
                }
                answer.rows.append(row)
            case SQLITE_DONE: return answer
            default: throw isLate ? SQLProblem("the query took longer than \(JSONNumber.text(limits.seconds)) s") : problem("")
            }
        }
    }

    /// The only statement of a text, which must select.
    private func compiled(_ text: String) throws(SQLProblem) -> OpaquePointer {
        var statement: OpaquePointer? = nil, rest = ""
        let result = unsafe text.withCString { start -> Int32 in
            var tail: UnsafePointer<CChar>?
            let result = unsafe sqlite3_prepare_v3(database, start, -1, 0, &statement, &tail)
            rest = unsafe tail.map { unsafe String(cString: $0) } ?? ""
            return result
        }
        guard result == SQLITE_OK else { throw isLate ? SQLProblem("the query took too long to compile") : problem("") }
        guard let statement = unsafe statement else { throw SQLProblem("the query is empty; write one SELECT statement") }
        guard isBlank(rest), unsafe sqlite3_stmt_readonly(statement) != 0, unsafe sqlite3_stmt_isexplain(statement) == 0, unsafe sqlite3_column_count(statement) > 0 else {
            unsafe sqlite3_finalize(statement)
            throw SQLProblem(isBlank(rest) ? "only SELECT statements are allowed" : "only one statement is allowed; a second one begins with \"\(rest.trimmedStart.prefix(40))\"")
        }
        return unsafe statement
    }

    /// Whether a text holds nothing but space, semicolons and comments.
    private func isBlank(_ text: String) -> Bool {
        var rest = text
        while rest.utf8.contains(where: { $0 > 0x20 }) {
            var statement: OpaquePointer?, next = ""
            let result = unsafe rest.withCString { start -> Int32 in
                var tail: UnsafePointer<CChar>?
                let result = unsafe sqlite3_prepare_v3(database, start, -1, 0, &statement, &tail)
                next = unsafe tail.map { unsafe String(cString: $0) } ?? ""
                return result
            }
            unsafe sqlite3_finalize(statement)
            guard result == SQLITE_OK, unsafe statement == nil, next.utf8.count < rest.utf8.count else { return false }
            rest = next
        }
        return true
    }

    private static func value(_ statement: OpaquePointer, _ place: Int32) -> JSONValue {
        switch unsafe sqlite3_column_type(statement, place) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, place))
        case SQLITE_FLOAT:
            let number = unsafe sqlite3_column_double(statement, place)
            // JSON has no such number, and a missing value is something else.
            return number.isFinite ? .number(number) : .string(number > 0 ? "Infinity" : "-Infinity")
        case SQLITE_TEXT:
            guard let bytes = unsafe sqlite3_column_text(statement, place) else { return .null }
            let count = Int(unsafe sqlite3_column_bytes(statement, place))
            return .string(unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
        case SQLITE_BLOB: return .string("(\(unsafe sqlite3_column_bytes(statement, place)) bytes)")
        default: return .null
        }
    }

    /// Names of columns, numbered where they repeat.
    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.map { name in
            var (candidate, number) = (name, 2)
            while !seen.insert(candidate).inserted {
                candidate = "\(name)_\(number)"
                number += 1
            }
            return candidate
        }
    }

    // MARK: Problems

    private func problem(_ start: String) -> SQLProblem {
        let text = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? "unknown problem"
        guard unsafe sqlite3_errcode(database) == SQLITE_AUTH || text.contains("prohibited") || text.contains("not authorized") else { return SQLProblem(start + text) }
        return SQLProblem(
            "\(start)\(text): a query is one SELECT from the views \(SQLViews.all.map(\.name).joined(separator: ", ")), with their documented columns and functions")
    }
}

extension String {
    fileprivate var trimmedStart: Substring { drop { $0.isWhitespace || $0 == ";" } }
}
