import GRDB

/// What a submission under an idempotency key made the first time.
public struct KeptSubmission: Sendable, Equatable {
    public var requestDigest: String
    public var resource: String
}

extension CatalogReader {
    public func submission(route: String, key: String) throws -> KeptSubmission? {
        try one("SELECT request_digest, resource FROM idempotency_keys WHERE route = ? AND key = ?", [route, key]) {
            KeptSubmission(requestDigest: $0["request_digest"], resource: $0["resource"])
        }
    }
}

extension CatalogWriter {
    /// Keeps what a key stands for, in the transaction that makes it.
    public func keep(route: String, key: String, requestDigest: String, resource: String, at time: Double) throws {
        try run(
            "INSERT INTO idempotency_keys (key, route, request_digest, resource, created) VALUES (?, ?, ?, ?, ?)",
            [key, route, requestDigest, resource, time])
    }

    public func forgetKeys(before time: Double) throws {
        try run("DELETE FROM idempotency_keys WHERE created < ?", [time])
    }
}

/// A client's word that repeating a request must not repeat its effect.
public struct IdempotencyKey: Sendable, Equatable {
    public var key: String
    /// What the key was used for: the same key may stand for a run and for a study.
    public var route: String
    /// Tells a repeated request from another one under the same key.
    public var requestDigest: String

    public init(key: String, route: String, requestDigest: String) {
        self.key = key
        self.route = route
        self.requestDigest = requestDigest
    }
}
