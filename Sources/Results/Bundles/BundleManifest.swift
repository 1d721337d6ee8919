import Archives
package import Canonical

/// `bundle.json`: what a bundle is of, and the digest of each of its files. Its SHA-256 is the bundle's digest.
package struct BundleManifest: Sendable, Equatable {
    /// What a bundle can be of.
    package enum Kind: String, Sendable, CaseIterable { case run, study, notebook }

    /// A file of the bundle.
    package struct File: Sendable, Equatable {
        /// Its size.
        package var bytes: Int
        /// SHA-256 of its bytes, as hexadecimal digits.
        package var digest: String

        package init(bytes: Int, digest: String) { (self.bytes, self.digest) = (bytes, digest) }
    }

    /// What it is of.
    package var kind: Kind
    /// The id of the run, study or notebook.
    package var subject: String
    /// The name of the study or the title of the notebook; for a run the words that describe it.
    package var title: String
    /// The version of the program that wrote the bundle.
    package var program: String
    /// The numerics version of that program.
    package var numerics: Int
    /// Which checkpoints were chosen.
    package var checkpoints: BundledCheckpoints
    /// The runs, in the order in which they are imported.
    package var runs: [String]
    /// The evaluations of checkpoints beside training, in the order in which they are imported.
    package var evaluations: [String]
    /// Every other file, by name.
    package var files: [String: File]

    package static let name = "bundle.json"
    private static let format = "fidelio bundle", version = 1
    /// The most files, runs and evaluations together included.
    package static let mostFiles = 200_000
    static let longest = 64 << 20

    package init(
        kind: Kind, subject: String, title: String, program: String = Version.program, numerics: Int = Version.numerics, checkpoints: BundledCheckpoints, runs: [String],
        evaluations: [String], files: [String: File]
    ) {
        (self.kind, self.subject, self.title, self.program, self.numerics, self.checkpoints) = (kind, subject, title, program, numerics, checkpoints)
        (self.runs, self.evaluations, self.files) = (runs, evaluations, files)
    }

    /// As it is stored.
    package var json: JSONValue {
        [
            "format": .string(Self.format), "version": .count(Self.version), "kind": .string(kind.rawValue), "subject": .string(subject), "title": .string(title),
            "program": .string(program), "numerics": .count(numerics), "checkpoints": .string(checkpoints.rawValue), "runs": .array(runs.map { .string($0) }),
            "evaluations": .array(evaluations.map { .string($0) }),
            "files": .object(files.mapValues { ["bytes": .count($0.bytes), "sha256": .string($0.digest)] }),
        ]
    }

    /// - Errors: `FieldError`
    package init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        _ = try fields.oneOf("format", [Self.format])
        let version = try fields.integer("version", in: 1...1_000_000)
        guard version == Self.version else { throw fields.error("version", "is \(version), of a newer program; this one reads version \(Self.version)") }
        kind = Kind(rawValue: try fields.oneOf("kind", Kind.allCases.map(\.rawValue))) ?? .run
        subject = try fields.string("subject", maximumBytes: 200)
        title = try fields.string("title", maximumBytes: 1000)
        program = try fields.string("program", maximumBytes: 100)
        numerics = try fields.integer("numerics", in: 1...1_000_000)
        checkpoints = BundledCheckpoints(rawValue: try fields.oneOf("checkpoints", BundledCheckpoints.allCases.map(\.rawValue))) ?? .none
        runs = try fields.optionalStrings("runs", count: 0...Self.mostFiles) ?? []
        evaluations = try fields.optionalStrings("evaluations", count: 0...Self.mostFiles) ?? []
        guard case .object(let members) = try fields.value("files") else { throw fields.error("files", "must be an object") }
        var files: [String: File] = [:]
        for (name, value) in members {
            var file = try FieldReader(value, path: "files.\(name.prefix(100))")
            files[name] = File(bytes: try file.integer("bytes", in: 0...1 << 50), digest: try file.digest("sha256").hex)
            try file.finish()
        }
        self.files = files
        try fields.finish()
    }
}

/// Which checkpoints of each run a bundle takes along.
package enum BundledCheckpoints: String, Sendable, CaseIterable {
    case none
    case last
    case best
    /// The last one and the best one.
    case chosen
    case all
}

/// The names that files of a bundle can have: components of letters, digits, `.`, `_` and `-`, none of which begins with a dot, at most eight, joined by `/`.
package enum BundleName {
    /// Why the name is not allowed; nil if it is.
    package static func problem(_ name: String) -> String? {
        if name.isEmpty { return "an empty name" }
        if name.hasPrefix("/") { return "an absolute path" }
        guard name.utf8.count <= 300 else { return "a name of \(name.utf8.count) bytes" }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("..") { return "a path that leads out of the bundle" }
        guard parts.count <= 8, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && $0.utf8.allSatisfy(isAllowed) }) else {
            return "a name with other characters than letters, digits, '.', '_' and '-', or with an empty or hidden part"
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
