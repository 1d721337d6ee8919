public import Canonical
public import Datasets
import Training

/// How data sets look to the outside.
public enum DatasetJSON {
    public static func status(_ status: DatasetStore.Status) -> JSONValue {
        let description = status.description
        var splits: [String: JSONValue] = [:]
        for split in description.splits { splits[split.name] = .count(split.count) }
        let message: JSONValue =
            status.isReady ? .null : .string("Not added yet: fidelio dataset add \(description.name) --from FOLDER")
        return .object([
            "name": .string(description.name), "kind": .string(description.kind.rawValue), "title": .string(description.title), "summary": .string(description.summary),
            "digest": .optional(description.digest?.hex), "ready": .bool(status.isReady), "made_by_program": .bool(description.isMadeByProgram),
            "bytes": .optional(status.bytes), "images": .count(description.images), "height": .count(description.shape.height),
            "width": .count(description.shape.width), "channels": .count(description.shape.channels), "classes": .count(description.classes),
            "splits": .object(splits), "encoder": .string(EncoderSpecification.choices(for: description)[0]), "encoder_dataset": .optional(description.encoderDataset),
            "source": .optional(status.source), "downloadable": .bool(!description.downloads.isEmpty), "modes": modes(description),
            "message": message,
        ])
    }

    /// The modes of a mixture, or null.
    private static func modes(_ description: DatasetDescription) -> JSONValue {
        guard let modes = description.modes else { return .null }
        return .object([
            "centres": .array(modes.centres.map { .array($0.map(JSONValue.number)) }), "deviation": .number(modes.deviation),
        ])
    }
}
