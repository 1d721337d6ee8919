public import Canonical

/// A data set by name and digest.
public struct DatasetReference: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The digest of the content.
    public var digest: Digest

    /// Creates a value from its parts.
    public init(name: String, digest: Digest) {
        self.name = name
        self.digest = digest
    }

    /// The complete JSON form.
    public var json: JSONValue { .object(["name": .string(name), "digest": .string(digest.hex)]) }
}

extension DatasetReference {
    /// Reads the field "dataset": a name, or an object with a name and optionally the expected digest.
    /// - Errors: `FieldError` for an unknown data set, or a different digest.
    init(_ fields: inout FieldReader, among datasets: [DatasetFacts]) throws(FieldError) {
        let (facts, expected) = try Self.choose(&fields, among: datasets)
        if let expected, expected != facts.digest {
            let rule = "\(expected.short)... is not the digest of the data set here, \(facts.digest.short)..."
            throw FieldError(path: fields.path(of: "dataset") + ".digest", problem: .rule(rule))
        }
        self.init(name: facts.name, digest: facts.digest)
    }

    private static func choose(
        _ fields: inout FieldReader, among datasets: [DatasetFacts]
    ) throws(FieldError) -> (DatasetFacts, Digest?) {
        let names = datasets.map(\.name)
        var name: String
        var expected: Digest?
        if case .string? = fields.optionalValue("dataset") {
            name = try fields.oneOf("dataset", names)
        } else {
            var inner = try fields.object("dataset")
            name = try inner.oneOf("name", names)
            expected = try inner.optionalDigest("digest")
            try inner.finish()
        }
        return (datasets.first { $0.name == name }!, expected)
    }

    /// Reads the complete form.
    init(complete fields: inout FieldReader) throws(FieldError) {
        var inner = try fields.object("dataset")
        self.init(name: try inner.name("name"), digest: try inner.digest("digest"))
        try inner.finish()
    }
}
