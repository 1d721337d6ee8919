import Canonical
import Datasets
import Execution
import HTTPServer
import Logging
import Server
import Storage

/// Where requests are processed: by the server that holds the storage, or by a session in this process.
enum Connection: Sendable {
    case server(ServerFile)
    case local(LocalSession)

    static func open(_ options: CommonOptions, workers: Int? = nil) async throws -> Connection {
        if let server = ServerFile.live(in: options.storageFolder) { return .server(server) }
        return .local(
            try await LocalSession(
                storage: options.storageFolder, executable: CommonOptions.executable,
                settings: WorkbenchSettings(workerLimit: workers), models: CommonOptions.models, publicFolder: PageFolder.found, logger: CommonOptions.logger(.error)))
    }

    /// Opens a connection for `body`, and closes it whatever happens.
    /// - Parameters:
    ///   - workers: concurrent workers of a local session; a server has its own number.
    ///   - isDetached: whether the command queues and returns, which needs a server.
    /// - Errors: `CommandFailure` for choices that have no effect or cannot be met
    static func during<Value>(
        _ options: CommonOptions, workers: Int? = nil, isDetached: Bool = false, _ body: (Connection) async throws -> Value
    ) async throws -> Value {
        if let workers, !(1...1024).contains(workers) { throw CommandFailure("--workers \(workers) is not in 1...1024", code: CommandFailure.Code.badInput) }
        let connection = try await open(options, workers: workers)
        do {
            if workers != nil, connection.isServer {
                throw CommandFailure("--workers has no effect: a server is running on this storage and uses its own --workers", code: CommandFailure.Code.badInput)
            }
            if isDetached, !connection.isServer {
                throw CommandFailure("--detach requires a running server: start one with fidelio serve", code: CommandFailure.Code.unavailable)
            }
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    var isServer: Bool { if case .server = self { true } else { false } }

    /// Asks again where the answer is that there was too much work at that moment.
    func get(_ path: String) async throws -> JSONValue {
        let (status, value) = try await AskingAgain.whileBusy { try await ask("GET", path, nil) }
        return try Connection.checked(status, value)
    }

    func patch(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await send("PATCH", path, body) }
    func delete(_ path: String) async throws -> JSONValue { try await send("DELETE", path, nil) }
    func post(_ path: String, _ body: JSONValue?) async throws -> JSONValue { try await send("POST", path, body) }

    /// The bytes of what is not JSON.
    /// - Errors: `CommandFailure` with the problem that was answered
    func download(_ path: String) async throws -> [UInt8] {
        let (status, bytes): (Int, [UInt8])
        switch self {
        case .server(let server): (status, bytes) = try await Connection.bytes(server, "GET", path, nil)
        case .local(let session): (status, bytes) = try await session.answer("GET", path)
        }
        guard (200..<300).contains(status) else { throw CommandFailure(problem: (try? JSONValue(parsing: bytes)) ?? .null, status: status) }
        return bytes
    }

    /// Starts submitted runs in a local session; a server starts them itself.
    func begin(_ runs: [String]) async throws {
        if case .local(let session) = self { try await session.workbench.focus(on: runs) }
    }

    /// Why a local session cannot continue because of a full or failing disk, if so. A server retries by itself.
    func obstacle() async -> String? {
        if case .local(let session) = self { await session.obstacle() } else { nil }
    }

    /// Ends a local session after its workers have saved their state.
    func close() async {
        if case .local(let session) = self { await session.stop() }
    }

    private func send(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let (status, value) = try await ask(method, path, body)
        return try Connection.checked(status, value)
    }

    private func ask(_ method: String, _ path: String, _ body: JSONValue?) async throws -> (Int, JSONValue) {
        switch self {
        case .server(let server): try await Connection.ask(server, method, path, body)
        case .local(let session): try await session.send(method, path, body)
        }
    }

    private static func checked(_ status: Int, _ value: JSONValue) throws -> JSONValue {
        guard (200..<300).contains(status) else { throw CommandFailure(problem: value, status: status) }
        return value
    }

    private static func ask(_ server: ServerFile, _ method: String, _ path: String, _ body: JSONValue?) async throws -> (Int, JSONValue) {
        let (status, bytes) = try await bytes(server, method, path, body)
        do {
            return (status, bytes.isEmpty ? .null : try JSONValue(parsing: bytes))
        } catch {
            throw CommandFailure("the response of \(server.url) is not JSON: it is not a Fidelio server", code: CommandFailure.Code.unavailable)
        }
    }

    private static func bytes(_ server: ServerFile, _ method: String, _ path: String, _ body: JSONValue?) async throws -> (Int, [UInt8]) {
        var fields = [(name: "Authorization", value: "Bearer \(server.token)")]
        if body != nil { fields.append((name: "Content-Type", value: "application/json")) }
        do {
            return try await LocalExchange.send(
                method, to: server.url, "/api/v1" + path, fields: fields, body: body?.canonicalBytes ?? [])
        } catch let error as LocalExchange.Failure {
            throw CommandFailure("the server at \(server.url) does not respond: \(error)", code: CommandFailure.Code.unavailable)
        }
    }
}

/// Reading responses of the API. Missing fields are errors.
extension JSONValue {
    func answered(_ key: String) throws -> JSONValue {
        guard let value = self[key] else { throw JSONValue.strange("\"\(key)\"") }
        return value
    }

    func answeredText(_ key: String) throws -> String {
        guard let text = try answered(key).stringValue else { throw JSONValue.strange("string \"\(key)\"") }
        return text
    }

    func answeredList(_ key: String) throws -> [JSONValue] { try answered(key).answeredList() }

    func answeredList() throws -> [JSONValue] {
        guard let list = arrayValue else { throw JSONValue.strange("list") }
        return list
    }

    private static func strange(_ what: String) -> CommandFailure {
        CommandFailure("the server's response has no \(what); is the server of a different version?", code: CommandFailure.Code.failed)
    }
}
