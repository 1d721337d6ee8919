/// The experiments on data that Fidelio knows by name: those of the study that need no training of generators.
public enum Experiment: String, Sendable, CaseIterable {
    case fidFloor = "fid-floor"
    case droppedModes = "dropped-modes"
    case encoderAgreement = "encoder-agreement"
    case replay

    /// - Errors: `ExperimentError.unknown`, naming those that there are.
    public static func named(_ name: String) throws(ExperimentError) -> Experiment {
        guard let experiment = Experiment(rawValue: name) else { throw .unknown(name: name, known: allCases.map(\.rawValue)) }
        return experiment
    }

    public var title: String {
        switch self {
        case .fidFloor: "Bias and variance of FID between real and real images (table 2)"
        case .droppedModes: "FID where classes are missing (figure 1)"
        case .encoderAgreement: "FID of spoiled images by two encoders (figure 2)"
        case .replay: "What FID and the inception score say of a generator that replays its training images"
        }
    }

    /// What an experiment looks at.
    public enum Input {
        case features(ExperimentData)
        case images(ImageExperimentData)
    }

    /// Whether the input is images, because pixels are changed, and not their features.
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
