import Canonical

/// What the store keeps beside the content of a data set whose digest was not known before: the file `dataset.json`.
///
/// Keys: "classes", "digest", "height", "kind", "name", "source" (how it was made, for people), "splits", "summary", "title", "width", "channels".
struct DatasetRecord {
    var description: DatasetDescription
    let source: String

    init(_ description: DatasetDescription, source: String) {
        (self.description, self.source) = (description, source)
    }

    var json: JSONValue {
        .object([
            "name": .string(description.name), "title": .string(description.title), "summary": .string(description.summary),
            "source": .string(source), "kind": .string(description.kind.rawValue), "height": .integer(Int64(description.shape.height)),
            "width": .integer(Int64(description.shape.width)), "channels": .integer(Int64(description.shape.channels)),
            "classes": .integer(Int64(description.classes)), "digest": .string(description.digest?.hex ?? ""),
            "splits": .array(description.splits.map { .object(["name": .string($0.name), "images": .integer(Int64($0.count))]) }),
        ])
    }

    init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        let name = try fields.string("name"), title = try fields.string("title"), summary = try fields.string("summary")
        source = try fields.string("source")
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
        try fields.finish()
        description = DatasetDescription(
            name: name, title: title, summary: summary, origin: .own, kind: kind, shape: shape, classes: classes, splits: splits, digest: digest,
            encoderDataset: classes > 1 ? name : nil)
    }
}
