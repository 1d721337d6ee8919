/// The experiments on data alone, by name: those of the study that do not train generators.
public enum Experiment: String, Sendable, CaseIterable {
    case fidFloor = "fid-floor"
    case droppedModes = "dropped-modes"
    case encoderAgreement = "encoder-agreement"
    case replay

    /// The experiment with a name.
    /// - Errors: `ExperimentError.unknown`, which lists the known names.
    public static func named(_ name: String) throws(ExperimentError) -> Experiment {
        guard let experiment = Experiment(rawValue: name) else { throw .unknown(name: name, known: allCases.map(\.rawValue)) }
        return experiment
    }

    /// The title, with the table or figure of the study.
    public var title: String {
        switch self {
        case .fidFloor: "Bias and variance of FID between two sets of real images (table 2)"
        case .droppedModes: "FID with missing classes (figure 1)"
        case .encoderAgreement: "FID of distorted images by two feature extractors (figure 2)"
        case .replay: "FID and inception score of a generator that copies training images"
        }
    }

    /// The input of an experiment.
    public enum Input {
        case features(ExperimentData)
        case images(ImageExperimentData)
    }

    /// Whether the input is images instead of features, because the experiment changes pixels.
    public var needsImages: Bool { self == .encoderAgreement }

    /// - Precondition: images where `needsImages` says so, else features
    /// - Errors: `ExperimentError`, and `MetricError` where there are too few images for the features.
    public func run(_ input: Input, _ settings: ExperimentSettings, progress: (Double) -> Void = { _ in }) throws -> ExperimentResult {
        try settings.check()
        switch (self, input) {
        case (.fidFloor, .features(let data)): return try FIDFloor(data: data, settings: settings).run(progress)
        case (.droppedModes, .features(let data)): return try DroppedModes(data: data, settings: settings).run(progress)
        case (.replay, .features(let data)): return try Replay(data: data, settings: settings).run(progress)
        case (.encoderAgreement, .images(let data)): return try EncoderAgreement(data: data, settings: settings).run(progress)
        default: preconditionFailure("\(rawValue) has the wrong input")
        }
    }
}
