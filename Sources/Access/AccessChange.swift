import Catalog

/// A change of access and its audit entry: both are stored, or neither.
struct AccessChange {
    let writer: CatalogWriter
    let visitor: Visitor
    let time: Double

    var reader: CatalogReader { writer.reader }

    /// Creates the resource of an idempotency key at most once, in this transaction.
    /// - Parameter made: identifies the resource when the request is repeated.
    /// - Errors: `AccessError.alreadyMade`; `AccessError.keyReused` for the same key with another body
    func once<Made>(_ key: IdempotencyKey?, _ make: () throws -> (made: Made, name: String)) throws -> Made {
        guard let key else { return try make().made }
        if let kept = try reader.submission(route: key.route, key: key.key) {
            throw kept.requestDigest == key.requestDigest ? AccessError.alreadyMade(kept.resource) : AccessError.keyReused(key.key)
        }
        let (made, name) = try make()
        try writer.keep(route: key.route, key: key.key, requestDigest: key.requestDigest, resource: name, at: time)
        return made
    }

    func record(_ action: String, _ target: String, _ detail: String = "") throws {
        try writer.record(action, target, detail, by: visitor, at: time)
    }
}
