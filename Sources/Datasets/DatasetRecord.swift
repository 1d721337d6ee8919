import Canonical

/// Metadata of a data set whose digest was not known before: the file `dataset.json` next to its content.
///
/// Keys: "classes", "digest", "height", "kind", "name", "source" (human-readable provenance), "splits", "summary", "title", "width", "channels";
/// and, if not empty or false, "class_names", "flips", "left_out" (of "what" and "count"), "low_resolution" ("kernel" and "scale"), "notes", and "windows" ("height" and "width", or "heights" and "widths").
struct DatasetRecord: Equatable {
    var description: DatasetDescription
    let source: String
    var classNames: [String] = []
    var leftOut: [LeftOut] = []
    var notes: [String] = []

    /// The maximum size of the file and of a text in it, in bytes.
    static let largestFile = 1 << 24
    private static let longestText = 1 << 20

    init(_ description: DatasetDescription, source: String, classNames: [String] = [], leftOut: [LeftOut] = [], notes: [String] = []) {
        (self.description, self.source) = (description, source)
        (self.classNames, self.leftOut, self.notes) = (classNames, leftOut, notes)
    }

    /// The file.
    var bytes: [UInt8] { Array("\(json.canonicalText)\n".utf8) }

    private var json: JSONValue {
        var members = required
        if !classNames.isEmpty { members["class_names"] = .array(classNames.map(JSONValue.string)) }
        if !leftOut.isEmpty { members["left_out"] = .array(leftOut.map { .object(["what": .string($0.what), "count": .integer(Int64($0.count))]) }) }
        if description.flips { members["flips"] = true }
        if let small = description.lowResolution { members["low_resolution"] = small.json }
        if let windows = description.windows { members["windows"] = windows.json }
        if !notes.isEmpty { members["notes"] = .array(notes.map(JSONValue.string)) }
        return .object(members)
    }

    private var required: [String: JSONValue] {
        [
            "name": .string(description.name), "title": .string(description.title), "summary": .string(description.summary),
            "source": .string(source), "kind": .string(description.kind.rawValue), "height": .integer(Int64(description.shape.height)),
            "width": .integer(Int64(description.shape.width)), "channels": .integer(Int64(description.shape.channels)),
            "classes": .integer(Int64(description.classes)), "digest": .string(description.digest?.hex ?? ""),
            "splits": .array(description.splits.map { .object(["name": .string($0.name), "images": .integer(Int64($0.count))]) }),
        ]
    }

    init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        let name = try fields.string("name"), title = try fields.string("title"), summary = try fields.string("summary")
        source = try fields.string("source", maximumBytes: Self.longestText)
        classNames = try Self.texts("class_names", &fields)
        notes = try Self.texts("notes", &fields)
        for (i, value) in (try fields.optionalArray("left_out", count: 1...10_000) ?? []).enumerated() {
            var entry = try FieldReader(value, path: "left_out[\(i)]")
            leftOut.append(LeftOut(what: try entry.string("what", maximumBytes: Self.longestText), count: try entry.integer("count", in: 1...Int(Int32.max))))
            try entry.finish()
        }
        let kind = DatasetKind(rawValue: try fields.oneOf("kind", DatasetKind.allCases.map(\.rawValue))) ?? .images
        let shape = ImageShape(
            height: try fields.integer("height", in: 1...65_536), width: try fields.integer("width", in: 1...65_536),
            channels: try fields.integer("channels", in: 1...256))
        let classes = try fields.integer("classes", in: 0...256)
        let digest = try fields.digest("digest")
        var splits: [SplitSize] = []
        for (i, value) in try fields.array("splits", count: 1...64).enumerated() {
            var split = try FieldReader(value, path: "splits[\(i)]")
            splits.append(SplitSize(try split.string("name"), try split.integer("images", in: 0...1_000_000_000)))
            try split.finish()
        }
        let lowResolution = try LowResolution(reading: &fields, images: shape)
        let flips = try fields.optionalBool("flips") ?? false
        let count = splits.first { $0.name == SplitName.train }?.count ?? 0
        let windows = try TrainingWindows(reading: &fields, images: shape, count: count, lowResolution: lowResolution)
        try fields.finish()
        description = DatasetDescription(
            name: name, title: title, summary: summary, origin: .own, kind: kind, shape: shape, classes: classes, splits: splits, digest: digest,
            encoderDataset: classes > 1 ? name : nil, lowResolution: lowResolution, flips: flips, windows: windows)
    }

    private static func texts(_ key: String, _ fields: inout FieldReader) throws(FieldError) -> [String] {
        var texts: [String] = []
        for (i, value) in (try fields.optionalArray(key, count: 1...10_000) ?? []).enumerated() {
            guard case .string(let text) = value else { throw fields.error("\(key)[\(i)]", "must be a string") }
            texts.append(text)
        }
        return texts
    }
}
