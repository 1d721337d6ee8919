public import Canonical
public import Datasets
import Studies
import Training

/// Data sets as JSON.
public enum DatasetJSON {
    /// A data set with its state, digest, and splits.
    /// - Parameter store: the data sets of the storage folder whose imported feature extractors are listed
    public static func status(_ status: DatasetStore.Status, in store: DatasetStore) -> JSONValue {
        let description = status.description, encoders = EncoderChoices(for: description, in: store).names
        var splits: [String: JSONValue] = [:]
        for split in description.splits { splits[split.name] = .count(split.count) }
        let message: JSONValue =
            status.isReady ? .null : .string("Not added yet. Add it: fidelio dataset add \(description.name) --from FOLDER")
        return .object([
            "name": .string(description.name), "kind": .string(description.kind.rawValue), "title": .string(description.title), "summary": .string(description.summary),
            "digest": .optional(description.digest?.hex), "ready": .bool(status.isReady), "made_by_program": .bool(description.isMadeByProgram),
            "bytes": .optional(status.bytes), "images": .count(description.images), "height": .count(description.shape.height),
            "width": .count(description.shape.width), "channels": .count(description.shape.channels), "classes": .count(description.classes),
            "splits": .object(splits), "encoder": .string(encoders[0]),
            "encoders": .array(encoders.map(JSONValue.string)), "encoder_dataset": .optional(description.encoderDataset),
            "source": .optional(status.source), "flips": .bool(description.flips), "windows": windows(description), "low_resolution": lowResolution(description), "downloadable": .bool(!description.downloads.isEmpty), "modes": modes(description),
            "class_names": status.classNames.isEmpty ? .null : .array(status.classNames.map(JSONValue.string)),
            "left_out": .array(status.leftOut.map { .object(["what": .string($0.what), "count": .count($0.count)]) }),
            "notes": .array(notes(status).map(JSONValue.string)), "message": message,
        ])
    }

    /// What users of a data set should know: notes from when it was added, and splits too small for metrics.
    public static func notes(_ status: DatasetStore.Status) -> [String] {
        guard status.isReady else { return status.notes }
        let splits = status.description.splits, least = leastImages(status.description)
        let small = splits.filter { $0.count < least }
        guard !small.isEmpty else {
            let hasTest = splits.contains { $0.name == "test" }
            return status.notes + (hasTest ? [] : ["it has no split \"test\", the default reference split of evaluations: set evaluation.reference_split, or add the data set again with --test N"])
        }
        let counts = small.map { "\($0.name) has \($0.count)" }.joined(separator: ", ")
        let remedy = splits.reduce(0) { $0 + $1.count } < 2 * least ? "both splits together need \(2 * least) images" : "pass --test \(least) or more if the files have no test split"
        return status.notes + ["an evaluation needs a reference split of at least \(least) images, and \(counts); \(remedy)"]
    }

    /// The images that the metrics by default need: those of super-resolution judge images one by one.
    private static func leastImages(_ description: DatasetDescription) -> Int {
        SpecificationLimits.minimumSamples(of: description.lowResolution == nil ? SpecificationLimits.defaultMetrics : SpecificationLimits.superResolutionMetrics)
    }

    /// The low-resolution partners of the images, or null.
    private static func lowResolution(_ description: DatasetDescription) -> JSONValue {
        guard let partners = description.lowResolution else { return .null }
        return .object(["kernel": .string(partners.kernel.rawValue), "scale": .count(partners.scale)])
    }

    /// The size of the stored training images of which crops are drawn, of whole pictures the largest, or null.
    private static func windows(_ description: DatasetDescription) -> JSONValue {
        description.windows.map { .object(["height": .count($0.largest.height), "whole": .bool($0.isWhole), "width": .count($0.largest.width)]) } ?? .null
    }

    /// The modes of a mixture, or null.
    private static func modes(_ description: DatasetDescription) -> JSONValue {
        guard let modes = description.modes else { return .null }
        return .object([
            "centres": .array(modes.centers.map { .array($0.map(JSONValue.number)) }), "deviation": .number(modes.deviation),
        ])
    }
}
