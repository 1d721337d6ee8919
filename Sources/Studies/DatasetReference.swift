public import Canonical

/// A data set by name and content.
public struct DatasetReference: Sendable, Hashable {
    public var name: String
    public var digest: Digest

    public init(name: String, digest: Digest) {
        self.name = name
        self.digest = digest
    }

    public var json: JSONValue { .object(["name": .string(name), "digest": .string(digest.hex)]) }
}

extension DatasetReference {
    /// Reads the field "dataset": a name, or an object with a name and possibly the digest that is expected.
    /// - Errors: `FieldError` for a data set that is not known, or known with other content.
    init(_ fields: inout FieldReader, among datasets: [DatasetFacts]) throws(FieldError) {
        let (facts, expected) = try Self.choose(&fields, among: datasets)
        if let expected, expected != facts.digest {
            let rule = "\(expected.short)... is not the content that is here, which is \(facts.digest.short)..."
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
