public import Canonical
internal import Engine

/// The experiments by name: those of the study on data alone, and those that show how implicit models learn, on distributions in closed form.
public enum Experiment: String, Sendable, CaseIterable {
    case fidFloor = "fid-floor"
    case droppedModes = "dropped-modes"
    case encoderAgreement = "encoder-agreement"
    case replay
    case disturbances
    case optimalDiscriminator = "optimal-discriminator"
    case divergenceFits = "divergence-fits"
    case parzenBandwidth = "parzen-bandwidth"
    case parzenPatches = "parzen-patches"
    case saturation
    case weightClipping = "weight-clipping"
    case modeCollapse = "mode-collapse"

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
        case .disturbances: "FID and inception score of disturbed images, and of images that cheat"
        case .optimalDiscriminator: "The optimal discriminator, and its value as the Jensen-Shannon divergence"
        case .divergenceFits: "A single Gaussian fitted to a mixture under four divergences"
        case .parzenBandwidth: "Log-likelihood of a Parzen window against its bandwidth"
        case .saturation: "Gradients of the generator while the discriminator is trained"
        case .weightClipping: "The critic of a Wasserstein GAN under weight clipping"
        case .modeCollapse: "Mode collapse on a ring, with and without unrolled discriminator steps"
        case .parzenPatches: "Parzen log-likelihood of image patches: k-means centers against data"
        }
    }

    /// The input of an experiment.
    public enum Input {
        case features(ExperimentData)
        case images(ImageExperimentData)
        case classified(ClassifiedImages)
        case pictures(PatchExperimentData)
        case none

        /// The digests of the data sets that are read, by name.
        public var datasets: [String: Digest] {
            func named(_ images: ImageExperimentData.Images?...) -> [String: Digest] {
                images.compactMap(\.self).reduce(into: [:]) { $0[$1.dataset] = $1.digest }
            }
            return switch self {
            case .features(let data): [data.dataset: data.datasetDigest]
            case .images(let data): named(data.train, data.foreign)
            case .classified(let data): named(data.train, data.foreign)
            case .pictures(let data): [data.dataset: data.digest]
            case .none: [:]
            }
        }
    }

    /// What an experiment reads.
    public enum Need: Sendable, Hashable {
        /// Features of both splits.
        case features
        /// Images and two feature extractors, because the experiment changes pixels.
        case images
        /// Images and a feature extractor that predicts classes.
        case classified
        /// The images of both splits alone.
        case pictures
        /// No data set: its distributions are given in closed form.
        case nothing
    }

    /// What the experiment reads.
    public var need: Need {
        switch self {
        case .fidFloor, .droppedModes, .replay: .features
        case .encoderAgreement: .images
        case .disturbances: .classified
        case .parzenPatches: .pictures
        case .optimalDiscriminator, .divergenceFits, .parzenBandwidth, .saturation, .weightClipping, .modeCollapse: .nothing
        }
    }

    /// Number of repetitions: random subsamples, seeds, or random starts.
    public var defaultDraws: Int {
        switch self {
        case .fidFloor, .droppedModes, .replay, .encoderAgreement: 50
        case .optimalDiscriminator, .parzenPatches: 3
        case .divergenceFits, .modeCollapse, .disturbances: 5
        case .parzenBandwidth, .saturation, .weightClipping: 2
        }
    }

    /// - Parameter threads: changes no bit of the result
    /// - Precondition: the input that `need` names
    /// - Errors: `ExperimentError`, and `MetricError` where there are too few images for the features.
    public func run(_ input: Input, _ settings: ExperimentSettings, threads: Int = 1, progress: (Double) -> Void = { _ in }) throws -> ExperimentResult {
        try settings.check()
        switch (self, input) {
        case (.fidFloor, .features(let data)): return try FIDFloor(data: data, settings: settings).run(progress)
        case (.droppedModes, .features(let data)): return try DroppedModes(data: data, settings: settings).run(progress)
        case (.replay, .features(let data)): return try Replay(data: data, settings: settings).run(progress)
        case (.encoderAgreement, .images(let data)): return try EncoderAgreement(data: data, settings: settings).run(progress)
        case (.disturbances, .classified(let data)): return try Disturbances(data: data, settings: settings).run(progress)
        case (.optimalDiscriminator, .none): return try OptimalDiscriminator(settings: settings, device: CPUDevice(threads: threads)).run(progress)
        case (.divergenceFits, .none): return DivergenceFits(settings: settings).run(progress)
        case (.parzenBandwidth, .none): return try ParzenBandwidth(settings: settings).run(progress)
        case (.parzenPatches, .pictures(let data)): return try ParzenPatches(data: data, settings: settings).run(progress)
        case (.saturation, .none): return try Saturation(settings: settings, device: CPUDevice(threads: threads)).run(progress)
        case (.weightClipping, .none): return try WeightClipping(settings: settings, device: CPUDevice(threads: threads)).run(progress)
        case (.modeCollapse, .none): return try ModeCollapse(settings: settings, device: CPUDevice(threads: threads)).run(progress)
        default: preconditionFailure("\(rawValue) has the wrong input")
        }
    }
}
