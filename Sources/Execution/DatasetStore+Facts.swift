public import Datasets
public import Studies
import Training

extension DatasetStore {
    /// All data sets that a specification can name, added or not. A data set whose digest is unknown before it is added cannot be named until then.
    public var facts: [DatasetFacts] {
        list().compactMap { status in
            let description = status.description
            guard let digest = description.digest else { return nil }
            let splits = description.splits.map { ($0.name, $0.count) }
            return DatasetFacts(
                name: description.name, digest: digest, encoders: EncoderSpecification.choices(for: description),
                classifiers: EncoderSpecification.classifiers(for: description), splits: Dictionary(splits, uniquingKeysWith: { $1 }), isPoints: description.kind == .points, hasManifold: description.hasManifold,
                hasModes: description.modes != nil, channels: description.shape.channels,
                isSinglePixel: description.kind == .images && description.shape.height == 1 && description.shape.width == 1)
        }
    }
}
