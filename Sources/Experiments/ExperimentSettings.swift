/// Settings of an experiment. Equal settings give equal bytes, for any number of threads.
public struct ExperimentSettings: Sendable, Hashable {
    /// Number of random subsamples, in 2...10,000; 50 in the study.
    public var draws: Int
    /// Number of images per subsample, at least 2; nil for the default of the experiment.
    public var samples: Int?
    /// Seed of the subsamples; at most 2^53, to be exact in JSON.
    public var seed: UInt64

    /// Creates settings; the defaults are those of the study.
    public init(draws: Int = 50, samples: Int? = nil, seed: UInt64 = 0) {
        (self.draws, self.samples, self.seed) = (draws, samples, seed)
    }

    /// - Errors: `ExperimentError.badSetting`
    func check() throws(ExperimentError) {
        guard 2...10_000 ~= draws else { throw .badSetting(name: "draws", value: "\(draws)", allowed: "2 to 10000") }
        guard samples ?? 2 >= 2 else { throw .badSetting(name: "samples", value: "\(samples ?? 0)", allowed: "at least 2") }
        guard seed <= 1 << 53 else { throw .badSetting(name: "seed", value: "\(seed)", allowed: "at most 2^53") }
    }
}
