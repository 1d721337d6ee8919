import GRDB

/// What the first submission under an idempotency key created.
public struct KeptSubmission: Sendable, Equatable {
    /// SHA-256 of the request, so that a different request under the same key is rejected.
    public var requestDigest: String
    /// The id of what was created.
    public var resource: String
}

extension CatalogReader {
    /// The submission stored under a key; nil for an unused key.
    public func submission(route: String, key: String) throws -> KeptSubmission? {
        try one("SELECT request_digest, resource FROM idempotency_keys WHERE route = ? AND key = ?", [route, key]) {
            KeptSubmission(requestDigest: $0["request_digest"], resource: $0["resource"])
        }
    }
}

extension CatalogWriter {
    /// Stores a submission under its key, in the transaction that creates the resource.
    public func keep(route: String, key: String, requestDigest: String, resource: String, at time: Double) throws {
        try run(
            "INSERT INTO idempotency_keys (key, route, request_digest, resource, created) VALUES (?, ?, ?, ?, ?)",
            [key, route, requestDigest, resource, time])
    }

    /// Deletes keys created before `time` (Unix seconds).
    public func forgetKeys(before time: Double) throws {
        try run("DELETE FROM idempotency_keys WHERE created < ?", [time])
    }
}

/// A client's word that repeating a request must not repeat its effect.
public struct IdempotencyKey: Sendable, Equatable {
    /// The key that the client chose.
    public var key: String
    /// What the key was used for: the same key may stand for a run and for a study.
    public var route: String
    /// Tells a repeated request from another one under the same key.
    public var requestDigest: String

    /// Makes a key.
    public init(key: String, route: String, requestDigest: String) {
        self.key = key
        self.route = route
        self.requestDigest = requestDigest
    }
}
